using System.Net;
using System.Net.Sockets;

namespace KafkaK8s.Tests.Unit.Fakes;

/// <summary>Accepts connections on a free port of the loopback until it is disposed of, which waits for those under way.</summary>
internal sealed class LoopbackListener : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;

    /// <param name="serve">Serves one connection.</param>
    public LoopbackListener(Func<TcpClient, Task> serve)
    {
        listener.Start();
        accepting = AcceptAsync(serve);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Set when connections must end.</summary>
    public CancellationToken Ending => stop.Token;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync(Func<TcpClient, Task> serve)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(serve(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(serving);
        }
    }
}
