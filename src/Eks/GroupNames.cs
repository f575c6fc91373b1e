using System.Text.RegularExpressions;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>Names, label, taint and tags of the node groups for Kafka, in this one place.</summary>
internal static partial class GroupNames
{
    /// <summary>Prefix of the names of groups where none is given.</summary>
    public const string DefaultPrefix = "kafka";

    /// <summary>Label and taint of the nodes: <c>dedicated=kafka</c>.</summary>
    public const string Key = "dedicated";

    /// <summary>Value of the label and the taint.</summary>
    public const string Value = "kafka";

    /// <summary>Label that EKS puts on every node of a managed group: the group's name.</summary>
    public const string GroupLabel = "eks.amazonaws.com/nodegroup";

    /// <summary>Label of a node, and rule of a volume: the zone.</summary>
    public const string ZoneLabel = "topology.kubernetes.io/zone";

    /// <summary>Tag that says which set of groups a group is part of.</summary>
    public const string PrefixTag = "kafkak8s.io/node-group-prefix";

    /// <summary>The taint, in EKS's words.</summary>
    public static readonly TaintFact Taint = new(Key, Value, "NO_SCHEDULE");

    /// <summary>The labels.</summary>
    public static readonly IReadOnlyDictionary<string, string> Labels = new Dictionary<string, string> { [Key] = Value };

    /// <summary>Name of a zone's group.</summary>
    public static string Of(string prefix, string zone) => $"{prefix}-{zone}";

    /// <summary>Tags of a group: whose it is, and what Cluster Autoscaler must know of a group without nodes.</summary>
    /// <remarks>Source of the node-template tags: https://docs.aws.amazon.com/eks/latest/eksctl/autoscaling.html.</remarks>
    public static IReadOnlyDictionary<string, string> Tags(string prefix) => new Dictionary<string, string>
    {
        [PrefixTag] = prefix,
        [$"k8s.io/cluster-autoscaler/node-template/label/{Key}"] = Value,
        [$"k8s.io/cluster-autoscaler/node-template/taint/{Key}"] = $"{Value}:NoSchedule",
    };

    /// <summary>Whether nodes of a group are kept for Kafka: they carry the label, whoever made the group.</summary>
    public static bool IsForKafka(GroupFact group) => group.Labels.TryGetValue(Key, out string? value) && value == Value;

    /// <summary>Refuses a prefix that cannot stand before a zone in the name of a node group (63 characters at most).</summary>
    /// <exception cref="ClusterException"><c>InvalidName</c>.</exception>
    public static void CheckPrefix(string prefix)
    {
        if (!Prefix().IsMatch(prefix))
            throw new ClusterException("InvalidName", FailureKind.InvalidInput, prefix,
                $"-Prefix '{prefix}' cannot begin the name of a node group: use at most 40 letters, digits, '-' and '_', a letter or "
                    + $"digit first.");
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();
}
