using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>Which of the module's own objects name a Kafka cluster or an EKS cluster, and by which property: the one table for all
/// parameters.</summary>
internal static class ModuleObjects
{
    private const string Module = "KafkaK8s.";

    private static readonly string[] CopyPrefixes = ["Deserialized.", "Selected."];

    private static readonly Dictionary<string, string> KafkaClusters = new()
    {
        [nameof(KafkaCluster)] = nameof(KafkaCluster.Name),
        [nameof(ClusterSpec)] = nameof(ClusterSpec.Name),
        [nameof(TopicVerification)] = nameof(TopicVerification.Cluster),
        [nameof(ZooKeeperNode)] = nameof(ZooKeeperNode.Cluster),
        [nameof(KafkaBroker)] = nameof(KafkaBroker.Cluster),
        [nameof(KafkaTopic)] = nameof(KafkaTopic.Cluster),
        [nameof(KafkaConsumerGroup)] = nameof(KafkaConsumerGroup.Cluster),
        [nameof(KafkaUser)] = nameof(KafkaUser.Cluster),
        [nameof(KafkaAccess)] = nameof(KafkaAccess.Cluster),
        [nameof(KafkaTunnel)] = nameof(KafkaTunnel.Cluster),
        [nameof(KafkaClusterCheck)] = nameof(KafkaClusterCheck.Cluster),
        [nameof(KafkaListenerCheck)] = nameof(KafkaListenerCheck.Cluster),
    };

    private static readonly Dictionary<string, string> Topics = new()
    {
        [nameof(KafkaTopic)] = nameof(KafkaTopic.Name),
        [nameof(TopicVerification)] = nameof(TopicVerification.Topic),
    };

    private static readonly Dictionary<string, string> Users = new()
    {
        [nameof(KafkaUser)] = nameof(KafkaUser.Name),
        [nameof(KafkaAccess)] = nameof(KafkaAccess.User),
    };

    private static readonly Dictionary<string, string> EksClusters = new()
    {
        [nameof(EksConnection)] = nameof(EksConnection.ClusterName),
        [nameof(KafkaNodeGroup)] = nameof(KafkaNodeGroup.Cluster),
        [nameof(EksCheck)] = nameof(EksCheck.Cluster),
        [nameof(EksStorage)] = nameof(EksStorage.Cluster),
    };

    /// <summary>The name of the module's type that an object is, or is a copy of (from a job, a file or Select-Object); null for all
    /// others.</summary>
    public static string? TypeOf(PSObject value)
    {
        string name = value.TypeNames.FirstOrDefault() ?? "";
        foreach (string prefix in CopyPrefixes)
            name = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
        return name.StartsWith(Module, StringComparison.Ordinal) ? name[Module.Length..].Split(PlanView.Mark)[0] : null;
    }

    /// <summary>The name of the Kafka cluster that an object identifies; null where it identifies none.</summary>
    public static string? KafkaClusterOf(PSObject value) => NameIn(KafkaClusters, value);

    /// <summary>The name of what an object identifies; null where it identifies none.</summary>
    /// <param name="type">What: <see cref="KafkaTopic"/>, <see cref="KafkaUser"/> or <see cref="KafkaConsumerGroup"/>.</param>
    /// <param name="value">The object.</param>
    public static string? NameOf(string type, PSObject value) =>
        type == nameof(KafkaTopic) ? NameIn(Topics, value) : type == nameof(KafkaUser) ? NameIn(Users, value)
        : TypeOf(value) == type ? value.Properties["Name"]?.Value as string : null;

    /// <summary>The name of the EKS cluster that an object identifies; null where it identifies none.</summary>
    public static string? EksClusterOf(PSObject value) => NameIn(EksClusters, value);

    /// <summary>Why an object names no cluster, and what does.</summary>
    public static string Refusal(object value, string clusters)
    {
        var wrapped = PSObject.AsPSObject(value);
        string? type = TypeOf(wrapped);
        string why = type == nameof(PlanStep)
            ? $"A {type} is a step of a plan (-WhatIf): nothing was made that it could name."
            : wrapped.BaseObject is System.Collections.IDictionary
                ? "A hashtable is not a name: splat it (@table), or convert it with [pscustomobject]."
                : $"A {type ?? wrapped.BaseObject.GetType().Name} does not name {clusters}.";
        return $"{why} Give the name as a string, or an object that has it: {Accepted(clusters)}.";
    }

    /// <summary>What <see cref="Refusal"/> calls a Kafka cluster.</summary>
    public const string AKafkaCluster = "a Kafka cluster";

    /// <summary>What <see cref="Refusal"/> calls an EKS cluster.</summary>
    public const string AnEksCluster = "an EKS cluster";

    private static string Accepted(string clusters) =>
        string.Join(", ", (clusters == AnEksCluster ? EksClusters : KafkaClusters).Keys.Order(StringComparer.Ordinal));

    private static string? NameIn(Dictionary<string, string> types, PSObject value) =>
        TypeOf(value) is string type && types.TryGetValue(type, out string? property) ? value.Properties[property]?.Value as string : null;
}
