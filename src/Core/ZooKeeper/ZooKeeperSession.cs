using System.Buffers.Binary;
using System.Text;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>
/// A session with one ZooKeeper server, through the API server's port-forward, in ZooKeeper's own protocol. Needs no tool in the pod,
/// and keeps the password off every command line and out of the API server's audit log.
/// </summary>
internal sealed class ZooKeeperSession : IAsyncDisposable
{
    private const int LongestAnswer = 16 * 1024 * 1024;
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(40); // no pings: nothing here takes that long

    private readonly PodStream stream;
    private int xid;

    private ZooKeeperSession(PodStream stream, string pod)
    {
        this.stream = stream;
        Pod = pod;
    }

    /// <summary>The pod that it goes to.</summary>
    public string Pod { get; }

    /// <summary>Opens a session. When this returns, a quorum has committed a write.</summary>
    /// <exception cref="ZooKeeperException">The server is in no quorum, or the connection broke.</exception>
    public static async Task<ZooKeeperSession> OpenAsync(KubeConnection connection, string ns, string pod, string? password,
        CancellationToken cancel)
    {
        ZooKeeperSession? session = null;
        try
        {
            return await LimitedAsync(async token =>
            {
                session = new ZooKeeperSession(
                    await PodStream.OpenAsync(connection, ns, pod, ClusterNames.ZooKeeperPort, token).ConfigureAwait(false), pod);
                await session.stream.WriteAsync(ZooKeeperCodec.Connect(SessionTimeout), token).ConfigureAwait(false);
                if (ZooKeeperCodec.Connected(await session.ReadFrameAsync(token).ConfigureAwait(false)) == 0)
                    throw new ZooKeeperException(ZooKeeperException.SessionExpired);
                if (password is not null)
                {
                    await session.stream.WriteAsync(ZooKeeperCodec.AddAuth(ReconfigCredential.Identity(password)), token)
                        .ConfigureAwait(false);
                    await session.AnswerAsync(ZooKeeperCodec.AuthXid, token).ConfigureAwait(false);
                }

                return session;
            }, cancel).ConfigureAwait(false);
        }
        catch
        {
            if (session is not null)
                await session.stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The committed configuration.</summary>
    public async Task<EnsembleConfig> ConfigAsync(CancellationToken cancel)
    {
        int id = ++xid;
        var answer = await CallAsync(id, ZooKeeperCodec.Get(id, "/zookeeper/config"), cancel).ConfigureAwait(false);
        return EnsembleConfig.Parse(Encoding.UTF8.GetString(answer.Buffer())) ?? throw new ZooKeeperException(ZooKeeperException.NoNode);
    }

    /// <summary>Changes the membership, provided that the configuration still has that version; gives the new one.</summary>
    public async Task<EnsembleConfig> ReconfigAsync(string? joining, string? leaving, long version, CancellationToken cancel)
    {
        int id = ++xid;
        var answer = await CallAsync(id, ZooKeeperCodec.ChangeMembers(id, joining, leaving, version), cancel).ConfigureAwait(false);
        return EnsembleConfig.Parse(Encoding.UTF8.GetString(answer.Buffer()))
            ?? throw new ZooKeeperException(ZooKeeperException.ConnectionLoss);
    }

    /// <summary>
    /// Whether this session has the superuser's rights. Two committed writes to a node of its own that goes with the session: only the
    /// superuser may change what nobody may change.
    /// </summary>
    public async Task<bool> IsSuperAsync(CancellationToken cancel)
    {
        string path = $"/kafkak8s-{Guid.NewGuid():n}";
        try
        {
            int id = ++xid;
            await CallAsync(id, ZooKeeperCodec.CreateReadOnlyEphemeral(id, path), cancel).ConfigureAwait(false);
            id = ++xid;
            await CallAsync(id, ZooKeeperCodec.Set(id, path, [1]), cancel).ConfigureAwait(false);
            return true;
        }
        catch (ZooKeeperException e) when (e.Code == ZooKeeperException.NoAuth)
        {
            return false;
        }
    }

    /// <summary>Ends the session; without that its node would stay until the session times out.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            int id = ++xid;
            await CallAsync(id, ZooKeeperCodec.Close(id), limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ZooKeeperException or ClusterException or OperationCanceledException or IOException
            or System.Net.WebSockets.WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone already, and times out by itself.
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private Task<JuteReader> CallAsync(int id, byte[] frame, CancellationToken cancel) => LimitedAsync(async token =>
    {
        await stream.WriteAsync(frame, token).ConfigureAwait(false);
        return await AnswerAsync(id, token).ConfigureAwait(false);
    }, cancel);

    private async Task<JuteReader> AnswerAsync(int id, CancellationToken cancel)
    {
        while (true)
        {
            var (answered, error) = ZooKeeperCodec.Head(await ReadFrameAsync(cancel).ConfigureAwait(false), out var rest);
            if (answered != id)
                continue; // an answer to a call that was given up
            return error == 0 ? rest : throw new ZooKeeperException(error);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadFrameAsync(CancellationToken cancel)
    {
        byte[] head = new byte[4];
        if (!await stream.ReadExactlyAsync(head, cancel).ConfigureAwait(false))
            throw new ZooKeeperException(ZooKeeperException.ConnectionLoss);
        int length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 0 or > LongestAnswer)
            throw new ZooKeeperException(ZooKeeperException.ConnectionLoss);
        byte[] body = new byte[length];
        return await stream.ReadExactlyAsync(body, cancel).ConfigureAwait(false) ? body
            : throw new ZooKeeperException(ZooKeeperException.ConnectionLoss);
    }

    // A server that falls silent or goes away is one and the same to the caller: the outcome has to be looked up.
    private static async Task<T> LimitedAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(CallLimit);
        try
        {
            return await work(limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested && e is OperationCanceledException or IOException or FormatException
            or System.Net.WebSockets.WebSocketException or ClusterException { Id: "PortForwardFailed" })
        {
            throw new ZooKeeperException(ZooKeeperException.ConnectionLoss);
        }
    }
}
