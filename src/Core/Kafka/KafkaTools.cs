using System.Text.RegularExpressions;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Kafka;

/// <summary>Kafka's own tools, and how each is told where the cluster is. Pure.</summary>
/// <remarks>Source: bin/ of Kafka 3.0 to 3.9, and the options that each tool prints with --help.</remarks>
internal static partial class KafkaTools
{
    private const string Bootstrap = "--bootstrap-server";

    /// <summary>Tools that need no address, or one that nobody else can know.</summary>
    private static readonly string[] WithoutAddress =
    [
        "connect-distributed.sh", "connect-mirror-maker.sh", "connect-plugin-path.sh", "connect-standalone.sh", "kafka-dump-log.sh",
        "kafka-e2e-latency.sh",
        "kafka-jmx.sh", "kafka-metadata-shell.sh", "kafka-mirror-maker.sh", "kafka-producer-perf-test.sh", "kafka-run-class.sh",
        "kafka-storage.sh", "trogdor.sh",
    ];

    /// <summary>Tools with the option that takes the brokers' addresses.</summary>
    private static readonly Dictionary<string, string> ByBrokers = new()
    {
        ["kafka-acls.sh"] = Bootstrap,
        ["kafka-broker-api-versions.sh"] = Bootstrap,
        ["kafka-client-metrics.sh"] = Bootstrap,
        ["kafka-cluster.sh"] = Bootstrap,
        ["kafka-configs.sh"] = Bootstrap,
        ["kafka-console-consumer.sh"] = Bootstrap,
        ["kafka-console-producer.sh"] = Bootstrap,
        ["kafka-consumer-groups.sh"] = Bootstrap,
        ["kafka-consumer-perf-test.sh"] = Bootstrap,
        ["kafka-delegation-tokens.sh"] = Bootstrap,
        ["kafka-delete-records.sh"] = Bootstrap,
        ["kafka-features.sh"] = Bootstrap,
        ["kafka-get-offsets.sh"] = Bootstrap,
        ["kafka-leader-election.sh"] = Bootstrap,
        ["kafka-log-dirs.sh"] = Bootstrap,
        ["kafka-metadata-quorum.sh"] = Bootstrap,
        ["kafka-reassign-partitions.sh"] = Bootstrap,
        ["kafka-replica-verification.sh"] = "--broker-list",
        ["kafka-streams-application-reset.sh"] = Bootstrap,
        ["kafka-topics.sh"] = Bootstrap,
        ["kafka-transactions.sh"] = Bootstrap,
        ["kafka-verifiable-consumer.sh"] = Bootstrap,
        ["kafka-verifiable-producer.sh"] = Bootstrap,
    };

    /// <summary>Tools with the option that takes ZooKeeper's addresses; empty for the first argument.</summary>
    private static readonly Dictionary<string, string> ByZooKeeper = new()
    {
        ["zookeeper-security-migration.sh"] = "--zookeeper.connect",
        ["zookeeper-shell.sh"] = ""
    };

    /// <summary>Tools whose option for a file of settings is not <c>--command-config</c>; empty for none.</summary>
    private static readonly Dictionary<string, string> BySettings = new()
    {
        ["kafka-cluster.sh"] = "--config",
        ["kafka-console-consumer.sh"] = "--consumer.config",
        ["kafka-console-producer.sh"] = "--producer.config",
        ["kafka-consumer-perf-test.sh"] = "--consumer.config",
        ["kafka-leader-election.sh"] = "--admin.config",
        ["kafka-producer-perf-test.sh"] = "--producer.config",
        ["kafka-replica-verification.sh"] = "",
        ["kafka-streams-application-reset.sh"] = "--config-file",
        ["kafka-verifiable-consumer.sh"] = "--consumer.config",
        ["kafka-verifiable-producer.sh"] = "--producer.config",
        ["zookeeper-security-migration.sh"] = "--zk-tls-config-file",
        ["zookeeper-shell.sh"] = "-zk-tls-config-file",
    };

    /// <summary>Options with which a user names the cluster; Kafka's tools take the beginning of an option for the whole.</summary>
    private static readonly string[] Addresses = ["--boot", "--broker-list", "--zookeeper"];
    private const string NoAddress = "--zookeeper.acl";

    /// <summary>Names of all tools, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. WithoutAddress.Concat(ByBrokers.Keys).Concat(ByZooKeeper.Keys).Order(StringComparer.Ordinal)];

    /// <summary>The file's name of a tool that may have been given without its ending.</summary>
    /// <exception cref="ClusterException"><c>InvalidToolName</c>: it would be a path, or have what a shell understands.</exception>
    public static string FileOf(string tool) => Name().IsMatch(tool)
        ? tool.EndsWith(".sh", StringComparison.Ordinal) ? tool : $"{tool}.sh"
        : throw new ClusterException("InvalidToolName", FailureKind.InvalidInput, tool,
            $"'{tool}' is no name of a tool: letters, digits, '.', '_' and '-', such as kafka-configs.sh. Arguments follow it as words of "
                + $"their own.");

    /// <summary>The arguments, with the cluster's address where the tool takes one and the user gave none.</summary>
    /// <param name="file">The tool.</param>
    /// <param name="given">What the user gave.</param>
    /// <param name="brokers">Addresses of the brokers.</param>
    /// <param name="zooKeeper">Addresses of ZooKeeper.</param>
    public static IReadOnlyList<string> WithAddress(string file, IReadOnlyList<string> given, string brokers, string zooKeeper)
    {
        if (given.Any(a =>
            Array.Exists(Addresses, o => a.StartsWith(o, StringComparison.Ordinal) && !a.StartsWith(NoAddress, StringComparison.Ordinal))))
            return given;
        if (ByZooKeeper.TryGetValue(file, out string? option))
            return option.Length > 0 ? [option, zooKeeper, .. given]
                : given.Count > 0 && Server().IsMatch(given[0]) ? given : [zooKeeper, .. given];
        if (!ByBrokers.TryGetValue(file, out option))
            return given;
        // Of the tools with commands this one alone has the option at the command, and the others before it.
        return file == "kafka-cluster.sh" ? [.. given, option, brokers] : [option, brokers, .. given];
    }

    /// <summary>The arguments, with the file of the operator's settings where the tool takes one and the user gave none: in a cluster with
    /// TLS.</summary>
    /// <param name="file">The tool.</param>
    /// <param name="given">Its arguments, with the address.</param>
    public static IReadOnlyList<string> WithSettings(string file, IReadOnlyList<string> given)
    {
        bool isZooKeeper = ByZooKeeper.ContainsKey(file);
        if (!ByBrokers.ContainsKey(file) && !BySettings.ContainsKey(file))
            return given;
        string option = BySettings.GetValueOrDefault(file, "--command-config");
        string settings = $"{ClusterCertificates.Folder}/"
            + (isZooKeeper ? ClusterCertificates.ZooKeeperToolSettings : ClusterCertificates.ToolSettings);
        if (option.Length == 0 || given.Any(a => a.StartsWith(option, StringComparison.Ordinal)))
            return given;
        // The address of ZooKeeper's shell stays in front; kafka-cluster.sh has its options at the command.
        return file is "zookeeper-shell.sh" or "kafka-cluster.sh" or "kafka-producer-perf-test.sh"
            ? [.. given.Take(1), option, settings, .. given.Skip(1)] : [option, settings, .. given];
    }

    /// <summary>A command as it may be shown: passwords are no one's business.</summary>
    public static string Shown(string file, IEnumerable<string> arguments) =>
        Secret().Replace(string.Join(' ',
            arguments.Prepend(file).Select(a => a.Length > 0 && !a.Contains(' ', StringComparison.Ordinal) ? a : $"'{a}'")), "$1***");

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[^/\s]+:[0-9]+(,|/|\z)", RegexOptions.CultureInvariant)]
    private static partial Regex Server();

    // As in --add-config SCRAM-SHA-512=[password=...] and sasl.jaas.config.
    [GeneratedRegex(@"((?:password|secret|jaas\.config|hmac)(?:=|\s+))('[^']*'|""[^""]*""|[^\s,\]]+)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
