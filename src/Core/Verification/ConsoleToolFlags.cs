using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Verification;

/// <summary>How the console tools of one Kafka version want to be called. Pure.</summary>
/// <param name="Version">Version of the tools.</param>
/// <param name="TopicsByZooKeeper">Whether kafka-topics takes <c>--zookeeper</c> in place of <c>--bootstrap-server</c>.</param>
/// <param name="Producer">Flags of kafka-console-producer, up to the brokers' addresses.</param>
/// <param name="Consumer">Flags of kafka-console-consumer, up to the brokers' addresses.</param>
/// <param name="Idempotent">Whether the producer can be made idempotent.</param>
/// <param name="PrintsPartition">Whether the consumer can say which partition a message came from.</param>
internal sealed record ConsoleToolFlags(Version Version, bool TopicsByZooKeeper, string Producer, string Consumer, bool Idempotent,
    bool PrintsPartition)
{
    /// <summary>The flags of a version.</summary>
    public static ConsoleToolFlags For(Version version) => new(
        version,
        TopicsByZooKeeper: version < new Version(2, 2), // KIP-377; --zookeeper went in 3.0
        Producer: version < new Version(2, 5) ? "--broker-list" : "--bootstrap-server", // KIP-499; --broker-list went in 4.0
                                                                                        // the old consumer knows ZooKeeper only
        Consumer: version < new Version(0, 10, 1) ? "--new-consumer --bootstrap-server" : "--bootstrap-server",
        Idempotent: version >= new Version(0, 11),
        PrintsPartition: version >= new Version(2, 7)); // KIP-431
}

/// <summary>Reads the tools' version without starting a JVM: from the name of a jar.</summary>
internal static partial class ConsoleToolVersion
{
    /// <summary>The version in a list of file names; null where none tells.</summary>
    public static Version? In(string fileNames)
    {
        var found = Jar().Match(fileNames);
        return found.Success && Version.TryParse(found.Groups[1].ValueSpan, out var version) ? version : null;
    }

    [GeneratedRegex(@"kafka-clients-(\d+(?:\.\d+){1,3})[^/\s]*\.jar")]
    private static partial Regex Jar();
}
