
namespace KafkaK8s.Core.Operations;

/// <summary>What a check found.</summary>
/// <param name="Severity">One of the words of <see cref="CheckSeverity"/>.</param>
/// <param name="Evidence">What was seen, in one sentence.</param>
/// <param name="Remedy">A command that mends it or shows more.</param>
/// <param name="Target">What is not as it should be.</param>
internal sealed record Finding(string Severity, string Evidence, string Remedy = "", IReadOnlyList<string>? Target = null)
{
    /// <summary>All is well.</summary>
    public static Finding Ok(string evidence) => new(CheckSeverity.Ok, evidence);
}

/// <summary>The checks of a cluster's health and risks: each a pure function of the facts.</summary>
internal static class HealthChecks
{
    private const int Shown = 3;

    /// <summary>All checks, in the order in which an operator reads them.</summary>
    public static readonly IReadOnlyList<(string Check, Func<HealthFacts, Finding> Rule)> All =
    [
        ("PodsReady", PodHealth.PodsReady),
        ("PodRestarts", PodHealth.PodRestarts),
        ("BrokersAnswer", On(f => f.Probes, KafkaHealth.BrokersAnswer)),
        ("BrokersAgree", On(f => f.Views, KafkaHealth.BrokersAgree)),
        ("OneController", On(f => f.Views, KafkaHealth.OneController)),
        ("PartitionsAvailable", On(f => f.Partitions, KafkaHealth.PartitionsAvailable)),
        ("PartitionsWritable", On(f => f.Partitions, KafkaHealth.PartitionsWritable)),
        ("PartitionsInSync", On(f => f.Partitions, KafkaHealth.PartitionsInSync)),
        ("LeadersBalanced", On(f => f.Partitions, KafkaHealth.LeadersBalanced)),
        ("ReplicationFactor", On(f => f.Partitions, KafkaHealth.ReplicationFactor)),
        ("MinInSyncReplicas", On(f => f.TopicSettings, f => f.Partitions, KafkaHealth.MinInSyncReplicas)),
        ("UncleanElection", On(f => f.BrokerSettings, f => f.TopicSettings, KafkaHealth.UncleanElection)),
        ("SinglePartition", On(f => f.Partitions, KafkaHealth.SinglePartition)),
        ("ZooKeeperQuorum", On(f => f.Ensemble, EnsembleHealth.Quorum)),
        ("ZooKeeperInSync", On(f => f.Ensemble, EnsembleHealth.InSync)),
        ("ZooKeeperSize", On(f => f.Ensemble, EnsembleHealth.Size)),
        ("ZooKeeperAutopurge", On(f => f.EnsembleConfig, EnsembleHealth.Autopurge)),
        ("NodeSpread", On(f => f.Nodes, SpreadHealth.Nodes)),
        ("ZoneSpread", On(f => f.Nodes, SpreadHealth.Zones)),
        ("CopySpread", On(f => f.Nodes, f => f.Partitions, SpreadHealth.Copies)),
        ("DisruptionBudgets", On(f => f.Budgets, PodHealth.DisruptionBudgets)),
        ("PersistentData", VolumeHealth.Persistent),
        ("VolumesBound", On(f => f.Claims, VolumeHealth.Bound)),
        ("VolumeUsage", On(f => f.Disks, VolumeHealth.Usage)),
        ("VolumeExpansion", On(f => f.Claims, f => f.Classes, VolumeHealth.Expansion)),
        ("ForeignPods", On(f => f.Endpoints, PodHealth.ForeignPods)),
        ("MemoryLimits", PodHealth.MemoryLimits),
        ("CpuLimits", PodHealth.CpuLimits),
        ("HeapFits", PodHealth.HeapFits),
        ("RunAsNonRoot", PodHealth.RunAsNonRoot),
        ("ServiceAccountToken", PodHealth.ServiceAccountToken),
        ("Capabilities", PodHealth.Capabilities),
        ("RestartDue", PodHealth.RestartDue),
        ("ManifestsCurrent", PodHealth.ManifestsCurrent),
        ("KafkaVersion", VersionHealth.Kafka),
        ("ZooKeeperVersion", VersionHealth.ZooKeeper),
        ("KafkaMode", VersionHealth.Mode),
        ("Encryption", PodHealth.Encryption),
    ];

    /// <summary>The checks that are wanted, the worst first.</summary>
    /// <param name="facts">What was read.</param>
    /// <param name="wanted">Whether a check is wanted, by its name.</param>
    public static IReadOnlyList<KafkaClusterCheck> Judge(HealthFacts facts, Func<string, bool> wanted) =>
        [.. All.Where(c => wanted(c.Check))
        .Select(c => (c.Check, Finding: c.Rule(facts)))
        .OrderBy(c => CheckSeverity.All.TakeWhile(s => s != c.Finding.Severity).Count())
        .Select(c => new KafkaClusterCheck
        {
            Cluster = facts.Model.Names.Cluster,
            Namespace = facts.Model.Namespace,
            Check = c.Check,
            Severity = c.Finding.Severity,
            Target = c.Finding.Target ?? [],
            Evidence = c.Finding.Evidence.ReplaceLineEndings(" "),
            Remedy = c.Finding.Remedy,
            Section = $"about_KafkaK8s_Health#{c.Check.ToLowerInvariant()}",
        })];

    /// <summary>The first few, and how many more there are.</summary>
    public static string Such(IReadOnlyCollection<string> all) =>
        string.Join(", ", all.Take(Shown)) + (all.Count > Shown ? $" and {all.Count - Shown} more" : "");

    /// <summary>A number with its noun.</summary>
    public static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>A command of this module for the cluster.</summary>
    public static string Command(this HealthFacts facts, string cmdlet, string rest = "") =>
        $"{cmdlet} {facts.Model.Names.Cluster}{(rest.Length == 0 ? "" : " " + rest)} -Namespace {facts.Model.Namespace}";

    /// <summary>A command of kubectl in the cluster's namespace.</summary>
    public static string Kubectl(this HealthFacts facts, string verb) => $"kubectl -n {facts.Model.Namespace} {verb}";

    /// <summary>One of Kafka's own tools.</summary>
    public static string Tool(this HealthFacts facts, string tool, string rest) =>
        $"Invoke-KafkaTool {facts.Model.Names.Cluster} -Namespace {facts.Model.Namespace} {tool} {rest}";

    // A check that could not be made is never well. What lies outside of the namespace is often not for everybody to read, and says little.
    private static Func<HealthFacts, Finding> On<T>(Func<HealthFacts, Fact<T>> of, Func<HealthFacts, T, Finding> rule)
        where T : class => facts => of(facts) is { Value: { } value } ? rule(facts, value) : NotChecked(of(facts));

    private static Func<HealthFacts, Finding> On<T, TOther>(
        Func<HealthFacts, Fact<T>> of, Func<HealthFacts, Fact<TOther>> other, Func<HealthFacts, T, TOther, Finding> rule)
        where T : class
        where TOther : class =>
            On(of, (facts, value) => other(facts) is { Value: { } second } ? rule(facts, value, second) : NotChecked(other(facts)));

    private static Finding NotChecked<T>(Fact<T> fact)
        where T : class => new(fact.BeyondNamespace ? CheckSeverity.Info : CheckSeverity.Warning, $"not checked: {fact.Failure}");
}
