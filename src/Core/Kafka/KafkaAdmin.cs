using Confluent.Kafka;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Kafka;

/// <summary>The native admin client of one command, through a tunnel of its own.</summary>
internal sealed class KafkaAdmin : IAsyncDisposable
{
    /// <summary>Longest time for one request.</summary>
    public static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    private readonly Tunnel tunnel;
    private readonly Lazy<IAdminClient> client; // it connects by itself as soon as it is there
    private volatile string? lastWord;

    private KafkaAdmin(KubeConnection connection, BrokerSetView brokers)
    {
        (Connection, Brokers) = (connection, brokers);
        tunnel = Tunnel.Open(brokers);
        // Without handlers the library writes to the process's standard error.
        client = new(() => new AdminClientBuilder(KafkaClientSettings.Admin(tunnel.Entry))
            .SetLogHandler((_, line) => lastWord = line.Message).SetErrorHandler((_, error) => lastWord = error.Reason).Build());
    }

    /// <summary>The connection to the API server.</summary>
    public KubeConnection Connection { get; }

    /// <summary>The brokers.</summary>
    public BrokerSetView Brokers { get; }

    /// <summary>The way in, for another client of the same command.</summary>
    public TunnelEntry Entry => tunnel.Entry;

    /// <summary>A client for the brokers of a cluster.</summary>
    /// <exception cref="ClusterException"><c>ClusterNotFound</c>, <c>NoLocalPort</c>.</exception>
    public static async Task<KafkaAdmin> OpenAsync(KubeConnection connection, string ns, string cluster, CancellationToken cancel) =>
        new(connection, await BrokerSetView.FindAsync(connection, ns, cluster, cancel).ConfigureAwait(false));

    /// <summary>Sends a request and gives its answer.</summary>
    /// <param name="target">What it is about, for the error.</param>
    /// <param name="call">The request.</param>
    /// <param name="cancel">Ends the waiting; what was sent is not taken back.</param>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>, or with the broker's own words an id of
    /// <see cref="KafkaErrors.OfRefusal"/>.</exception>
    public async Task<T> AskAsync<T>(object target, Func<IAdminClient, Task<T>> call, CancellationToken cancel)
    {
        try
        {
            return await call(client.Value).WaitAsync(cancel).ConfigureAwait(false);
        }
        catch (KafkaException e)
        {
            throw Failure(target, e);
        }
    }

    /// <summary>The same for a request without an answer.</summary>
    public Task AskAsync(object target, Func<IAdminClient, Task> call, CancellationToken cancel) => AskAsync(target, async admin =>
    {
        await call(admin).ConfigureAwait(false);
        return true;
    }, cancel);

    /// <summary>A failure of the library as one of ours.</summary>
    public ClusterException Failure(object target, KafkaException e)
    {
        var error = KafkaErrors.FirstOf(e);
        string words = error.Reason.TrimEnd('.');
        if (!error.IsLocalError)
        {
            var (id, kind) = KafkaErrors.OfRefusal(error.Code);
            return new ClusterException(id, kind, target, $"Kafka refuses it for {target}: {words} ({error.Code}).", e);
        }

        string heard = lastWord is string word && !words.Contains(word, StringComparison.Ordinal) ? $" ({word})" : "";
        return new ClusterException("KafkaSilent", FailureKind.Unavailable, target,
            $"The brokers of {Brokers.Names.Cluster} gave no answer about {target}: {words}{heard}. Get-KafkaCluster "
                + $"{Brokers.Names.Cluster} says what is wrong.", e);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (client.IsValueCreated)
            client.Value.Dispose();
        await tunnel.DisposeAsync().ConfigureAwait(false);
    }
}
