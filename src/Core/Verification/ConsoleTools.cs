using System.Diagnostics;
using System.Globalization;
using System.Text;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Verification;

/// <summary>Kafka's own console tools, run in a pod of their own, with the flags that their version understands.</summary>
internal sealed class ConsoleTools
{
    private const string Bin = "/opt/kafka/bin";
    private const int FullBatch = 16 * 1024; // the tool's own
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>How long to look for duplicates after all has come.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(3);

    /// <summary>Longest silence before a reader gives up; a JVM's start and a failover of a group's coordinator fit in.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly ConsolePod pod;
    private readonly BrokerSetView brokers;

    private ConsoleTools(ConsolePod pod, BrokerSetView brokers, ConsoleToolFlags flags)
    {
        this.pod = pod;
        this.brokers = brokers;
        Flags = flags;
    }

    /// <summary>How this version wants to be called.</summary>
    public ConsoleToolFlags Flags { get; }

    /// <summary>The tools with their version.</summary>
    public string Client => $"kafka-console-* {Flags.Version}";

    // What they show to brokers that want TLS.
    private string? Settings => brokers.Model.IsSecure ? $"{ClusterCertificates.Folder}/{ClusterCertificates.ToolSettings}" : null;

    /// <summary>The same tools in another pod of the same image.</summary>
    public ConsoleTools In(ConsolePod other) => new(other, brokers, Flags);

    /// <summary>Finds out the version of the tools in the pod.</summary>
    /// <exception cref="ClusterException"><c>ConsoleToolsMissing</c>: the image has none where they belong.</exception>
    public static async Task<ConsoleTools> InAsync(ConsolePod pod, BrokerSetView brokers, CancellationToken cancel)
    {
        var listing = await pod.CaptureAsync("ls /opt/kafka/libs", TimeSpan.FromSeconds(10), cancel).ConfigureAwait(false);
        var version = ConsoleToolVersion.In(listing.Output)
            ?? throw new ClusterException("ConsoleToolsMissing", FailureKind.NotFound, brokers.Image,
            $"The image {brokers.Image} has no Kafka in /opt/kafka: "
                + $"{(listing.Error.Trim() is { Length: > 0 } e ? e : "no kafka-clients jar in libs")}. Check without -ConsoleTools.");
        return new ConsoleTools(pod, brokers, ConsoleToolFlags.For(version));
    }

    /// <summary>Makes a topic.</summary>
    /// <returns>What the tool said; whether the topic is there, only the brokers can tell.</returns>
    public Task<string> CreateTopicAsync(string topic, int partitions, int replicationFactor, TimeSpan limit, CancellationToken cancel) =>
        TopicsAsync(string.Create(CultureInfo.InvariantCulture,
            $"--create --topic {topic} --partitions {partitions} --replication-factor {replicationFactor}"), limit, cancel);

    /// <summary>Asks for a topic's removal. Old brokers only mark it, unless they are configured to remove topics.</summary>
    public Task<string> DeleteTopicAsync(string topic, TimeSpan limit, CancellationToken cancel) =>
        TopicsAsync($"--delete --topic {topic}", limit, cancel);

    /// <summary>Feeds the producer.</summary>
    /// <param name="topic">Topic.</param>
    /// <param name="count">Number of lines in <paramref name="lines"/>: the tool stops after them.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="largestBatch">Bytes of the largest batch that the topic takes; null where that is unknown.</param>
    /// <param name="limit">Longest time.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>The messages that the producer reports as failed, the last words about them, and whether it came to its end.</returns>
    public async Task<(long Failed, string? Words, bool Ended)> ProduceAsync(
        string topic, long count, IEnumerable<ReadOnlyMemory<byte>> lines, int? largestBatch, TimeSpan limit, CancellationToken cancel)
    {
        long failed = 0;
        string? words = null;
        var errors = new LineCutter(line =>
        {
            string text = Encoding.UTF8.GetString(line);
            if (text.Contains("Error when sending message", StringComparison.Ordinal))
                failed++;
            if (text.Contains("ERROR", StringComparison.Ordinal) || text.Contains("Exception", StringComparison.Ordinal))
                words = text.Trim();
        });
        string script = ProducerScript(Flags, brokers.Bootstrap, topic, count, largestBatch, Settings);
        var result = await pod.RunAsync(script, limit, null, b => errors.Add(b.Span), lines, cancel).ConfigureAwait(false);
        return (failed, words ?? result.Failure, result.ExitCode == 0);
    }

    /// <summary>
    /// Reads the topic, until all that is expected has come and nothing more comes for a second, or the time is over. The tool's own exit
    /// code and its own limits say nothing: on a fresh cluster it ends well with no message at all.
    /// </summary>
    /// <param name="topic">Topic.</param>
    /// <param name="group">The group whose offsets say where to begin; null: at the beginning.</param>
    /// <param name="line">Takes each line.</param>
    /// <param name="complete">Whether all expected lines have come.</param>
    /// <param name="limit">Longest time.</param>
    /// <param name="cancel">Cancels.</param>
    /// <returns>The last words of the tool when it ended before, and the time to the last line.</returns>
    public async Task<(string? Words, TimeSpan Time)> ConsumeAsync(string topic, string? group, LineCutter.Taker line, Func<bool> complete,
        TimeSpan limit, CancellationToken cancel)
    {
        string? words = null;
        long start = Stopwatch.GetTimestamp();
        long last = start;
        var lines = new LineCutter(text =>
        {
            line(text);
            Volatile.Write(ref last, Stopwatch.GetTimestamp());
        });
        var errors = new LineCutter(text => words = Encoding.UTF8.GetString(text).Trim());
        string script = ConsumerScript(Flags, brokers.Bootstrap, topic, group, Settings);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var reading = pod.RunAsync(script, limit, b => lines.Add(b.Span), b => errors.Add(b.Span), null, enough.Token);
        long whole = 0;
        while (!reading.IsCompleted && Stopwatch.GetElapsedTime(Volatile.Read(ref last)) is var quiet && quiet < LongestSilence)
        {
            if (whole == 0 && complete())
                whole = Stopwatch.GetTimestamp();
            // A topic with other writers is never quiet.
            if (whole != 0 && (quiet >= Quiet || Stopwatch.GetElapsedTime(whole) >= LongestRest))
                break;
            await Task.WhenAny(reading, Task.Delay(Tick, CancellationToken.None)).ConfigureAwait(false);
        }

        await enough.CancelAsync().ConfigureAwait(false); // the consumer itself goes with its pod
        try
        {
            await reading.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
        }
        catch (ClusterException e)
        {
            words = e.Message;
        }

        return (complete() ? null : words, Stopwatch.GetElapsedTime(start, Volatile.Read(ref last)));
    }

    /// <summary>The script that sends lines from its standard input.</summary>
    internal static string ProducerScript(ConsoleToolFlags flags, string bootstrap, string topic, long count, int? largestBatch,
        string? settings = null)
    {
        // Not --producer-property acks=all: in old versions the flag's own default (0 in Kafka 0.9) silently wins over it. So it is for
        // the batches.
        string idempotent = flags.Idempotent ? " --producer-property enable.idempotence=true" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"set -o pipefail; head -n {count} | {Bin}/kafka-console-producer.sh {flags.Producer} {bootstrap} --topic {topic} --timeout "
            + $"50 --request-timeout-ms 30000"
            + $" --request-required-acks -1 --max-partition-memory-bytes {Math.Min(FullBatch, largestBatch ?? FullBatch)}{idempotent} "
            + $"--property parse.key=true --property key.separator=:"
            + $"{(settings is null ? "" : $" --producer.config {settings}")} > /dev/null");
    }

    /// <summary>The script that prints what the topic has: all, or what comes after the group's offsets.</summary>
    internal static string ConsumerScript(ConsoleToolFlags flags, string bootstrap, string topic, string? group,
        string? settings = null)
    {
        string partition = flags.PrintsPartition ? " --property print.partition=true" : "";
        // By a file: the flags for a group are younger than Kafka 0.9. Without own commits the brokers forget the group soon.
        return group is null
            ? $"exec {Bin}/kafka-console-consumer.sh {flags.Consumer} {bootstrap} --topic {topic} --from-beginning{partition}"
                + (settings is null ? "" : $" --consumer.config {settings}")
            : $"printf 'group.id={group}\\nenable.auto.commit=false\\n' > /tmp/consumer.properties; "
                + (settings is null ? "" : $"cat {settings} >> /tmp/consumer.properties; ")
                + $"exec {Bin}/kafka-console-consumer.sh {flags.Consumer} {bootstrap} --topic {topic} --consumer.config "
                + $"/tmp/consumer.properties{partition}";
    }

    private async Task<string> TopicsAsync(string what, TimeSpan limit, CancellationToken cancel)
    {
        string where = Flags.TopicsByZooKeeper ? $"--zookeeper {brokers.ZooKeeper}" : $"--bootstrap-server {brokers.Bootstrap}";
        if (Settings is not null)
            where += $" --command-config {Settings}";
        var said = await pod.CaptureAsync($"{Bin}/kafka-topics.sh {where} {what}", limit, cancel).ConfigureAwait(false);
        return string.Join(' ',
            (said.Output + said.Error).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(l => !l.StartsWith("at ", StringComparison.Ordinal) && !l.StartsWith("WARNING", StringComparison.Ordinal)).Take(3));
    }
}
