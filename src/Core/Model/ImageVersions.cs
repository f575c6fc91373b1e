using System.Globalization;
using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Model;

/// <summary>What an image's name tells of the version in it: what is known not to work is refused, what it does not tell is said.
/// Pure.</summary>
internal static partial class ImageVersions
{
    // Listeners with names of their own came with 0.10.2 (KIP-103); 4.0 has no ZooKeeper any more.
    private static readonly Version OldestKafka = new(0, 10, 2);
    private static readonly Version FirstWithoutZooKeeper = new(4, 0);

    // Dynamic reconfiguration came with 3.5.
    private static readonly Version OldestZooKeeper = new(3, 5);

    /// <summary>Refuses images whose version is known not to work.</summary>
    /// <exception cref="ClusterException"><c>UnsupportedImage</c>.</exception>
    public static void Check(ClusterSpec given)
    {
        if (given.KafkaImage is string kafka && Of(kafka, "kafka") is { } version)
        {
            if (version >= FirstWithoutZooKeeper)
                throw Unsupported("-KafkaImage", kafka, "Kafka 4.0 and newer cannot keep metadata in ZooKeeper. Use Kafka 3.9 or older.");
            if (version < OldestKafka)
            {
                throw Unsupported(
                    "-KafkaImage", kafka, $"Kafka older than {OldestKafka} has no named listeners. Use Kafka {OldestKafka} to 3.9.");
            }
        }

        if (given.ZooKeeperImage is string zooKeeper && Of(zooKeeper, "zookeeper") is { } server && server < OldestZooKeeper)
        {
            throw Unsupported(
                "-ZooKeeperImage",
                zooKeeper,
                $"ZooKeeper older than {OldestZooKeeper} cannot change its members while it runs. Use ZooKeeper {OldestZooKeeper} or "
                    + $"newer.");
        }
    }

    /// <summary>Refuses images whose version is known not to do TLS as the manifests set it up.</summary>
    /// <exception cref="ClusterException"><c>UnsupportedImage</c>.</exception>
    public static void CheckTls(ClusterSpec spec)
    {
        if (spec.KafkaImage is string kafka && Of(kafka, "kafka") is { } version && version < ClusterSecurity.OldestKafka)
        {
            throw Unsupported("-KafkaImage", kafka, $"Kafka older than {ClusterSecurity.OldestKafka} reads no certificate and key from one "
                + $"file without a password. Use Kafka {ClusterSecurity.OldestKafka} to 3.9, or -Plaintext.");
        }

        if (spec.ZooKeeperImage is string zooKeeper && Of(zooKeeper, "zookeeper") is { } server && server < ClusterSecurity.OldestZooKeeper)
        {
            throw Unsupported("-ZooKeeperImage", zooKeeper,
                $"TLS between its servers needs ZooKeeper {ClusterSecurity.OldestZooKeeper} or newer. Use one, or -Plaintext.");
        }
    }

    /// <summary>A sentence for each image that does not tell its version.</summary>
    public static IEnumerable<string> Advise(ClusterSpec given)
    {
        if (given.KafkaImage is string kafka && Of(kafka, "kafka") is null)
            yield return $"-KafkaImage {kafka}: its name does not tell the version of Kafka. It has to be {OldestKafka} to 3.9.";
        if (given.ZooKeeperImage is string zooKeeper && Of(zooKeeper, "zookeeper") is null)
        {
            yield return $"-ZooKeeperImage {zooKeeper}: its name does not tell the version of ZooKeeper. "
                + $"It has to be {OldestZooKeeper} or newer.";
        }
    }

    /// <summary>The version of a product in an image; null where the name does not tell.</summary>
    /// <param name="image">Name of the image.</param>
    /// <param name="product"><c>kafka</c> or <c>zookeeper</c>.</param>
    public static Version? Of(string image, string product)
    {
        string name = image.Split('@')[0];
        string[] last = name[(name.LastIndexOf('/') + 1)..].Split(':', 2);
        if (last.Length < 2)
            return null;
        // In the order of trust: 0.45.2-kafka-3.9.2 names the product; 2.13-3.9.2 is Scala's version and Kafka's; 3.9.2-alpine begins with
        // it. The last two count only in a repository of that name: others number their own releases.
        var match = Regex.Match(last[1], $@"(?:^|[-_]){product}-{Number}", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);
        if (!match.Success && last[0] == product)
        {
            match = Regex.Match(last[1], $@"^2\.1[0-9]-{Number}", RegexOptions.CultureInvariant);
            if (!match.Success)
                match = Regex.Match(last[1], $"^v?{Number}", RegexOptions.CultureInvariant);
        }

        return match.Success ? new Version(Part(match, "major"), Part(match, "minor"), Part(match, "patch")) : null;
    }

    // Two digits at most, so that a date is no version; 3 alone is the newest of the 3s.
    private const string Number = @"(?<major>[0-9]{1,2})(?:\.(?<minor>[0-9]{1,3}))?(?:\.(?<patch>[0-9]{1,3}))?(?![0-9A-Za-z])";

    private static int Part(Match match, string part) =>
        match.Groups[part].Success ? int.Parse(match.Groups[part].ValueSpan, CultureInfo.InvariantCulture) : part == "minor" ? 99 : 0;

    private static ClusterException Unsupported(string parameter, string image, string why) =>
        new("UnsupportedImage", FailureKind.InvalidInput, image, $"{parameter} {image}: {why}");
}
