using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Rolling;
using static KafkaK8s.Core.Operations.HealthChecks;

namespace KafkaK8s.Core.Operations;

/// <summary>The checks of pods and of the objects around them. Pure.</summary>
internal static partial class PodHealth
{
    /// <summary>Share of the memory limit that a heap may have, in percent: the JVM itself and the page cache need the rest.</summary>
    private const int HeapShare = 80;
    private const decimal Mebi = 1024 * 1024;
    private const decimal MemoryStep = 128 * Mebi; // what a proposed limit is rounded up to

    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    public static Finding PodsReady(HealthFacts facts)
    {
        var sets = facts.Sets.ToList();
        int wanted = sets.Sum(Readiness.Wanted);
        var missing = sets.SelectMany(s => Enumerable.Range(0, Readiness.Wanted(s)).Select(n => $"{s.Name()}-{n}"))
            .Except(facts.Pods.Select(p => p.Name())).ToList();
        var unready = facts.Pods.Where(p => !Readiness.IsPodReady(p)).ToList();
        var gone = facts.Model.Pools.Where(p => facts.Model.Set(p) is null).Select(p => p.Set).ToList();
        var stall = facts.Pods.SelectMany(Stalls.OfPod).FirstOrDefault();
        string[] target = [.. gone, .. missing, .. unready.Select(p => p.Name())];
        if (target.Length == 0)
            return Finding.Ok($"{facts.Pods.Count} of {Count(wanted, "pod")}");
        string why = gone.Count > 0 ? $"there is no StatefulSet {gone[0]}"
            : stall?.ToString() ?? (missing.Count > 0 ? $"there is no pod {missing[0]}" : StateOf(unready[0]));
        return new(stall is not null || gone.Count > 0 ? CheckSeverity.Critical : CheckSeverity.Warning,
            $"{facts.Pods.Count - unready.Count} of {Count(wanted, "pod")}; {why}",
            gone.Count > 0 ? facts.Command("New-KafkaCluster", "-WhatIf")
            : facts.Kubectl($"describe pod {(unready.Count > 0 ? unready[0].Name() : missing[0])}"), target);
    }

    public static Finding PodRestarts(HealthFacts facts)
    {
        var failed = facts.Pods.Where(p => Stalls.LastEnd(p) is not null).OrderByDescending(EndedAt).ToList();
        if (failed.Count == 0)
            return Finding.Ok("no container has failed");
        var last = failed[0];
        int times = (int?)Readiness.OwnStatus(last)?["restartCount"] ?? 1;
        return new(facts.Now - EndedAt(last) < Recent ? CheckSeverity.Warning : CheckSeverity.Info,
            $"{last.Name()} was restarted {(times == 1 ? "once" : $"{times} times")}, the last time at "
                + $"{EndedAt(last).UtcDateTime:yyyy-MM-dd HH:mm} UTC: {Stalls.LastEnd(last)}",
            facts.Command("Get-KafkaLog", $"-Pod {last.Name()} -Previous -Tail 50"), [.. failed.Select(p => p.Name())]);
    }

    public static Finding DisruptionBudgets(HealthFacts facts, IReadOnlyList<JsonObject> budgets)
    {
        var bare = facts.Sets.Where(s => Readiness.Wanted(s) > 1 && !budgets.Any(b => Selects(b, s))).Select(s => s.Name()).ToList();
        return bare.Count == 0 ? Finding.Ok("a drain takes one pod of a set at a time")
            : new(CheckSeverity.Warning, $"no disruption budget for {string.Join(" and ", bare)}: a drain may take all pods at once",
                facts.Command("New-KafkaCluster", "-WhatIf"), bare);
    }

    public static Finding ForeignPods(HealthFacts facts, IReadOnlyList<JsonObject> endpoints)
    {
        var own = facts.Pods.Select(p => p.Name()).ToHashSet();
        var foreign = endpoints.SelectMany(e => KubeObjects.Items(e["subsets"]).SelectMany(s => KubeObjects.Items(s["addresses"]))
            .Where(a => !own.Contains((string?)a["targetRef"]?["name"] ?? ""))
            .Select(a => (Service: e.Name(), Name: (string?)a["targetRef"]?["name"] ?? (string?)a["ip"] ?? "?"))).ToList();
        return foreign.Count == 0 ? Finding.Ok(Count(endpoints.Count, "Service"))
            : new(CheckSeverity.Warning,
                $"the Service {foreign[0].Service} sends clients to {foreign[0].Name}, which is no pod of this cluster",
                facts.Kubectl($"get pod {foreign[0].Name} --show-labels"), [.. foreign.Select(f => f.Name).Distinct()]);
    }

    public static Finding MemoryLimits(HealthFacts facts)
    {
        var open = Containers(facts).Where(c => c.Container["resources"]?["limits"]?["memory"] is null).Select(c => c.Pool).ToList();
        return open.Count == 0 ? Finding.Ok(
            string.Join(", ", Containers(facts).Select(c => $"{c.Pool.Set} {(string?)c.Container["resources"]!["limits"]!["memory"]}")))
            : new(CheckSeverity.Warning,
                $"no memory limit for {string.Join(" and ", open.Select(p => p.Set))}: the heap is taken from the memory of the node",
                facts.Command("Set-KafkaCluster", $"{Parameter(open[0])}Memory {(open[0].Has(NodeRoles.ZooKeeper) ? "512Mi" : "1Gi")}"),
                [.. open.Select(p => p.Set)]);
    }

    public static Finding CpuLimits(HealthFacts facts)
    {
        var tight = Containers(facts).Where(c => c.Container["resources"]?["limits"]?["cpu"] is not null).ToList();
        return tight.Count == 0 ? Finding.Ok("no CPU limit")
            : new(CheckSeverity.Info,
                string.Join(" and ", tight.Select(c => $"{c.Pool.Set} has the CPU limit {c.Container["resources"]!["limits"]!["cpu"]}"))
                + ": throttling delays answers and elections",
                facts.Command("Set-KafkaCluster", $"{Parameter(tight[0].Pool)}CpuLimit {Twice(tight[0].Container)}"),
                [.. tight.Select(c => c.Pool.Set)]);

        static string Twice(JsonObject container) =>
            Quantity.TryParse((string?)container["resources"]!["limits"]!["cpu"], out decimal cores)
            ? (cores * 2).ToString("0.###", CultureInfo.InvariantCulture) : "2";
    }

    public static Finding HeapFits(HealthFacts facts)
    {
        var large = new List<(NodePool Pool, string Given, string Limit, decimal Needed)>();
        foreach (var (pool, container) in Containers(facts))
        {
            var given = KubeObjects.Items(container["env"]).Select(e => (string?)e["value"]).OfType<string>()
                .SelectMany(v => Heap().Matches(v)).LastOrDefault();
            string? memory = (string?)container["resources"]?["limits"]?["memory"];
            if (given is null || !Quantity.TryParse(memory, out decimal limit))
                continue; // the start scripts take a part of the limit
            decimal heap = decimal.Parse(given.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * Unit(given.Groups[2].Value);
            if (heap * 100 > limit * HeapShare)
                large.Add((pool, given.Value, memory!, heap * 100 / HeapShare));
        }

        if (large.Count == 0)
            return Finding.Ok($"at most {HeapShare} % of the memory limit");
        decimal steps = decimal.Ceiling(large[0].Needed / MemoryStep) * MemoryStep / Mebi;
        return new(CheckSeverity.Warning,
            $"the heap leaves less than {100 - HeapShare} % of the memory limit to the JVM and the page cache: "
                + string.Join(", ", large.Select(l => $"{l.Pool.Set}: {l.Given} of {l.Limit}")),
            facts.Command("Set-KafkaCluster", string.Create(CultureInfo.InvariantCulture, $"{Parameter(large[0].Pool)}Memory {steps:0}Mi")),
            [.. large.Select(l => l.Pool.Set)]);
    }

    public static Finding RunAsNonRoot(HealthFacts facts) => OfPods(facts, pod =>
    {
        var (of, own) = (pod["spec"]?["securityContext"], Own(pod)?["securityContext"]);
        int? user = (int?)(own?["runAsUser"] ?? of?["runAsUser"]);
        return user == 0 || (user is null && (bool?)(own?["runAsNonRoot"] ?? of?["runAsNonRoot"]) != true);
    }, CheckSeverity.Warning, "may run as root", "no pod runs as root");

    public static Finding ServiceAccountToken(HealthFacts facts) =>
        OfPods(facts, pod => (bool?)pod["spec"]?["automountServiceAccountToken"] != false,
        CheckSeverity.Info, "hold a token for the API of Kubernetes, which Kafka does not need", "no pod has a token");

    public static Finding Capabilities(HealthFacts facts) => OfPods(facts, pod => Own(pod)?["securityContext"] is var own
        && ((bool?)own?["allowPrivilegeEscalation"] != false || own?["capabilities"]?["drop"] is not JsonArray drop
            || !drop.Any(d => (string?)d == "ALL")),
        CheckSeverity.Warning, "keep capabilities of Linux, or may gain more", "all capabilities are dropped");

    public static Finding RestartDue(HealthFacts facts)
    {
        var due = facts.Sets.SelectMany(s => RestartReason.Due(s, Readiness.PodsOf(s, facts.Pods))).ToList();
        return due.Count == 0 ? Finding.Ok("every pod runs the present template")
            : new(CheckSeverity.Warning,
                $"{Count(due.Count, "pod")} run what was before: {Such([.. due.Select(d => $"{d.Pod.Name()} ({d.Reason})")])}",
                facts.Command("New-KafkaCluster", "-WhatIf"), [.. due.Select(d => d.Pod.Name())]);
    }

    public static Finding Encryption(HealthFacts facts) => facts.Model.IsSecure
        ? Finding.Ok("TLS on every connection, and nothing allowed that was not granted")
        : new(CheckSeverity.Info, "connections are plaintext, and whoever reaches a port may do everything",
            "Get-Help about_KafkaK8s_Health");

    public static Finding ManifestsCurrent(HealthFacts facts) => facts.Model.ManifestVersion >= facts.ModuleManifests
        ? Finding.Ok($"version {facts.Model.ManifestVersion}")
        : new(CheckSeverity.Info,
            $"the cluster was made from manifests {facts.Model.ManifestVersion}, the module has {facts.ModuleManifests}",
            facts.Command("Update-KafkaCluster", "-Manifest -WhatIf"));

    private static Finding OfPods(HealthFacts facts, Func<JsonObject, bool> wrong, string severity, string what, string well)
    {
        var found = facts.Pods.Where(wrong).Select(p => p.Name()).ToList();
        return found.Count == 0 ? Finding.Ok(facts.Pods.Count == 0 ? "no pods" : well)
            : new(severity, $"{Such(found)} {what}", facts.Command("New-KafkaCluster", "-WhatIf"), found);
    }

    private static IEnumerable<(NodePool Pool, JsonObject Container)> Containers(HealthFacts facts) =>
        from pool in facts.Model.Pools
        let containers = KubeObjects.Items(facts.Model.Set(pool)?["spec"]?["template"]?["spec"]?["containers"]).ToList()
        where containers.Count > 0
        select (pool, containers.Find(c => (string?)c["name"] == pool.Template.App) ?? containers[0]);

    // A webhook may have put others beside it: those are not ours to judge.
    private static JsonObject? Own(JsonObject pod)
    {
        var containers = KubeObjects.Items(pod["spec"]?["containers"]).ToList();
        return containers.Find(c => (string?)c["name"] == pod.Label(KubeObjects.NameLabel)) ?? containers.FirstOrDefault();
    }

    private static bool Selects(JsonObject budget, JsonObject set) =>
        budget["spec"]?["selector"]?["matchLabels"] is JsonObject { Count: > 0 } labels
        && labels.All(l => (string?)set["spec"]?["template"]?["metadata"]?["labels"]?[l.Key] == (string?)l.Value);

    private static string StateOf(JsonObject pod) => $"pod {pod.Name()} "
        + (pod.IsTerminating() ? "is ending" : Stalls.LastEnd(pod) is string end ? $"is starting again after {end}" : "is not ready");

    private static DateTimeOffset EndedAt(JsonObject pod) =>
        KubeObjects.Time(Readiness.OwnStatus(pod)?["lastState"]?["terminated"]?["finishedAt"]);

    private static string Parameter(NodePool pool) => pool.Has(NodeRoles.ZooKeeper) ? "-ZooKeeper" : "-Broker";

    private static decimal Unit(string letter) => letter.ToUpperInvariant() switch
    {
        "K" => 1024,
        "M" => 1024 * 1024,
        "G" => 1024 * 1024 * 1024,
        _ => 1,
    };

    [GeneratedRegex(@"-Xmx([0-9]+)([kKmMgG]?)", RegexOptions.CultureInvariant)]
    private static partial Regex Heap();
}
