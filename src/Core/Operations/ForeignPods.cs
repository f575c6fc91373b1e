using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Operations;

/// <summary>Pods of others that carry the labels by which a cluster's Services and disruption budgets select. Pure.</summary>
/// <remarks>New clusters select by a mark that nobody else sets; older ones by labels that an exporter or a Job may share.</remarks>
internal static class ForeignPods
{
    /// <summary>A sentence for each set with such pods.</summary>
    public static IEnumerable<string> Advise(IEnumerable<JsonObject> sets, IReadOnlyCollection<JsonObject> pods)
    {
        foreach (var set in sets)
        {
            if (set["spec"]?["selector"]?["matchLabels"] is not JsonObject { Count: > 0 } labels)
                continue;
            var own = Readiness.PodsOf(set, pods).Select(p => p.Name()).ToHashSet();
            var foreign = pods.Where(p => labels.All(l => p.Label(l.Key) == (string?)l.Value)).Select(p => p.Name())
                .Where(n => !own.Contains(n)).Order(StringComparer.Ordinal).ToList();
            if (foreign.Count > 0)
            {
                string shared = string.Join(", ", labels.Select(l => $"{l.Key}={l.Value}"));
                yield return $"{string.Join(", ", foreign)}: not of {set.Name()}, but with its labels ({shared}). " +
                    "Services send clients there, and the PodDisruptionBudget counts it. Give it other labels.";
            }
        }
    }
}
