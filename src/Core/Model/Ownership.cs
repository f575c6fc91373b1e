using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Model;

/// <summary>Which cluster an object belongs to: the one answer for listing, planning, adopting volumes and removing. Pure.</summary>
/// <remarks>
/// Deployment tools write a value of their own into <c>app.kubernetes.io/instance</c> on every object that they manage (Argo CD's label
/// tracking does), so that label is asked last. Names are unique in a namespace and follow from the name of the cluster.
/// </remarks>
internal static class Ownership
{
    // A longer name comes before one that it ends with.
    private static readonly string[] Bases = [.. ManifestSets.All.SelectMany(s => s.Bases).Distinct().OrderByDescending(b => b.Length)];

    /// <summary>Name of the cluster that an object or a pod belongs to; null where it is none of this module's.</summary>
    public static string? ClusterOf(JsonObject tree) => tree.Label(ClusterNames.PartOfLabel) != ClusterNames.PartOf ? null
        : tree.Label(ClusterNames.ClusterLabel) ?? ByUser(tree) ?? ByName(tree.Name()) ?? tree.Label(ClusterNames.InstanceLabel);

    /// <summary>Name of the cluster whose pod uses a volume claim; null where it is no pod of a cluster.</summary>
    /// <remarks>By the name alone: old servers label a claim with the set's selector, and a set takes any claim of that name.</remarks>
    public static string? ClusterOfClaim(JsonObject claim)
    {
        string prefix = ClusterNames.Claim("");
        string pod = claim.Name();
        return pod.StartsWith(prefix, StringComparison.Ordinal) && ClusterNames.Ordinal(pod) >= 0 ? ByName(pod[prefix.Length..]) : null;
    }

    // The Secret of a user says whose it is; what is in front of that in its name is the cluster.
    private static string? ByUser(JsonObject tree)
    {
        if (tree.Label(ClusterNames.UserLabel) is not string user)
            return null;
        string own = new ClusterNames(ClusterSpec.DefaultName).UserSecret(user);
        return tree.Name() == own ? ClusterSpec.DefaultName
            : tree.Name().EndsWith($"-{own}", StringComparison.Ordinal) ? tree.Name()[..^(own.Length + 1)] : null;
    }

    private static string? ByName(string name)
    {
        string set = ClusterNames.Ordinal(name) >= 0 ? name[..name.LastIndexOf('-')] : name;
        foreach (string text in new[] { name, set })
        {
            if (Array.Find(Bases, b => text == b) is not null)
                return ClusterSpec.DefaultName;
            if (Array.Find(Bases, b => text.EndsWith($"-{b}", StringComparison.Ordinal)) is string found
                && text[..^(found.Length + 1)] is var cluster && new ClusterNames(cluster).Prefixed(found) == text)
                return cluster;
        }

        return null;
    }
}
