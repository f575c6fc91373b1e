using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Unit.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

/// <summary>What answers at an address, tried from this machine and by the script that runs in a pod: both must see the same.</summary>
public sealed class ListenerProbeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("broker 0", nameof(Reach.Answered), true)]
    [InlineData("broker 2", nameof(Reach.Answered), false)]
    [InlineData("old broker", nameof(Reach.Answered), null)]
    [InlineData("web", nameof(Reach.NotKafka), null)]
    [InlineData("close", nameof(Reach.Closed), null)]
    [InlineData("silent", nameof(Reach.Silent), null)]
    [InlineData("nobody", nameof(Reach.NobodyAnswers), null)]
    [InlineData("no name", nameof(Reach.NameUnresolved), null)]
    public async Task What_answers_is_told(string there, string reach, bool? isAsked)
    {
        var cluster = await FakeCluster.StartAsync(servers: 1);
        await using var server = cluster.Server;
        if (there == "old broker")
            cluster.Kafka.Unknown = (key, _) => key == 32;
        await using var listener = new LoopbackListener(client => ServeAsync(cluster.Kafka, there, client));
        int port = there == "nobody" ? await FreePortAsync() : listener.Port;
        var address = new BrokerAddress(there == "no name" ? "broker-0.invalid" : "127.0.0.1", port);
        var here = await ListenerProbe.FromHereAsync(address, 0, Limit, default);
        var inPod = Assert.Single(ListenerProbe.FromScript(await BashAsync([(address, 0)]), [(address, 0)]));
        foreach (var attempt in new[] { here, inPod })
        {
            Assert.Equal(reach, attempt.Reach.ToString());
            Assert.Equal(there == "no name" ? [] : ["127.0.0.1"], attempt.Resolved);
            Assert.Equal(isAsked, attempt.Answer?.IsAsked);
            Assert.Equal(reach == nameof(Reach.Answered), attempt.Detail.Length == 0);
            if (attempt.Answer is not { } answer)
                continue;
            Assert.Equal(("fake-cluster", "demo-kafka-1.demo-kafka-headless.shop.svc:9092"), (answer.ClusterId, $"{answer.Addresses[1]}"));
            Assert.Equal(isAsked == false, answer.Words?.StartsWith("Unexpected broker id, expected 2", StringComparison.Ordinal) == true);
        }
    }

    [Fact]
    public async Task A_host_is_no_script_and_many_are_tried_at_once()
    {
        await using var listener = new LoopbackListener(client => ServeAsync(null, "silent", client));
        (BrokerAddress, int)[] tries =
        [
            (new BrokerAddress("$(touch${IFS}/dev/full)`id`;'x", 1), 0),
            .. Enumerable.Range(0, 20).Select(i => (new BrokerAddress("127.0.0.1", listener.Port), i)),
        ];
        var clock = Stopwatch.StartNew();
        var found = ListenerProbe.FromScript(await BashAsync(tries), tries);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 2 * ListenerProbe.PodSeconds);
        Assert.Equal(Reach.NameUnresolved, found[0].Reach);
        Assert.All(found.Skip(1), f => Assert.Equal(Reach.Silent, f.Reach));
    }

    [Fact]
    public void What_the_script_did_not_get_to_is_no_answer() => Assert.Equal(
        ["NameUnresolved", "NobodyAnswers", "NameUnresolved"],
        ListenerProbe.FromScript("try 0\ntry 1\naddresses 10.0.0.1 \n",
            [.. Enumerable.Range(0, 3).Select(i => (new BrokerAddress("a.example", 1), i))]).Select(t => t.Reach.ToString()));

    [Fact]
    public async Task Who_stops_gets_back_at_once()
    {
        await using var listener = new LoopbackListener(client => ServeAsync(null, "silent", client));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ListenerProbe.FromHereAsync(
            new BrokerAddress("127.0.0.1", listener.Port), 0, TimeSpan.FromMinutes(1), stop.Token));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 1.2);
    }

    [Theory]
    [InlineData("INTERNAL://:9092,TUNNEL://127.0.0.1:9095", "INTERNAL://a.b.svc:9092,TUNNEL://127.0.0.1:19092",
        "INTERNAL:PLAINTEXT,TUNNEL:PLAINTEXT", "INTERNAL PLAINTEXT 9092 a.b.svc:9092, TUNNEL PLAINTEXT 9095 127.0.0.1:19092")]
    [InlineData("PLAINTEXT://0.0.0.0:9092", "", "", "PLAINTEXT PLAINTEXT 9092 ")]
    [InlineData("A://h:1", "", "A:SSL", "A SSL 1 h:1")]
    [InlineData("CONTROLLER://:9093, OUT://[::]:9094", "OUT://[2001:db8::1]:30094", "OUT:SASL_SSL,CONTROLLER:PLAINTEXT",
        "OUT SASL_SSL 9094 [2001:db8::1]:30094")]
    [InlineData("CONTROLLER://:9093,OUT://h:9094", "", "OUT:PLAINTEXT,CONTROLLER:PLAINTEXT", "OUT PLAINTEXT 9094 h:9094")]
    [InlineData("rubbish,A://:x,B://:7", "", "", "B B 7 ")]
    [InlineData("", "", "", "")]
    public void Listeners_are_read_from_settings(string bound, string told, string protocols, string expected) =>
        Assert.Equal(expected, string.Join(", ", BrokerListener.Of(new Dictionary<string, string?>
        {
            ["listeners"] = bound,
            ["advertised.listeners"] = told,
            ["listener.security.protocol.map"] = protocols,
            ["controller.listener.names"] = "CONTROLLER",
        }).Select(l => $"{l.Name} {l.Protocol} {l.Port} {l.Advertised}")));

    [Theory]
    [InlineData("a.b.shop.svc", true, false)]
    [InlineData("a.b.shop.svc.cluster.local.", true, false)]
    [InlineData("a.svc.corp.example", true, false)]
    [InlineData("svc.example", false, false)]
    [InlineData("kafka.example", false, false)]
    [InlineData("localhost", false, true)]
    [InlineData("127.0.0.3", false, true)]
    [InlineData("::1", false, true)]
    [InlineData("10.0.0.1", false, false)]
    public void Names_of_the_inside_and_loopbacks_are_known(string host, bool isInternal, bool isLoopback)
    {
        var address = new BrokerAddress(host, 1);
        Assert.Equal((isInternal, isLoopback), (address.IsInternal, address.IsLoopback));
    }

    /// <summary>Runs the script as the pod does.</summary>
    internal static async Task<string> BashAsync(IReadOnlyList<(BrokerAddress Address, int Broker)> tries) =>
        await BashAsync(ListenerProbe.Script(tries.Count), ListenerProbe.Input(tries));

    internal static async Task<string> BashAsync(string script, string input)
    {
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var bash = Process.Start(start)!;
        await bash.StandardInput.WriteAsync(input);
        await bash.StandardInput.FlushAsync(); // and it stays open: an exec has no end of input
        string output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.Equal(0, bash.ExitCode);
        return output;
    }

    private static async Task<int> FreePortAsync()
    {
        await using var listener = new LoopbackListener(_ => Task.CompletedTask);
        return listener.Port;
    }

    private static async Task ServeAsync(FakeKafka? kafka, string what, TcpClient client)
    {
        using (client)
        {
            using var end = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            var stream = client.GetStream();
            byte[] request = new byte[1024];
            try
            {
                switch (what)
                {
                    case "web":
                        await stream.ReadAtLeastAsync(request, 1, throwOnEndOfStream: false, end.Token);
                        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\n\r\n"), end.Token);
                        break;
                    case "close":
                        await stream.ReadAtLeastAsync(request, 1, throwOnEndOfStream: false, end.Token);
                        break;
                    case "silent":
                        while (await stream.ReadAsync(request, end.Token) > 0)
                        {
                        }

                        break;
                    default:
                        await kafka!.ServeAsync(what == "broker 2" ? 2 : 0, 9092, stream, end.Token);
                        break;
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // It is gone.
            }
        }
    }
}
