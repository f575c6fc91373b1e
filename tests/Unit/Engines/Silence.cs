using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Half a minute passes for a connection whenever the server leaves a request without an answer: nobody waits that long
/// here.</summary>
internal sealed class Silence : IAsyncDisposable
{
    private static readonly TimeSpan BeyondTheLimit = TimeSpan.FromSeconds(31);
    private readonly FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
    private readonly CancellationTokenSource stop = new();
    private readonly Task passing;

    public Silence(FakeApiServer server) => passing = PassAsync(server);

    public KubeConnection Under(KubeConnection connection)
    {
        connection.Time = clock;
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await passing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task PassAsync(FakeApiServer server)
    {
        for (int seen = 0; ; await Task.Delay(5, stop.Token))
        {
            if (server.Faults.Count == seen)
                continue;
            seen = server.Faults.Count;
            clock.Advance(BeyondTheLimit);
        }
    }
}
