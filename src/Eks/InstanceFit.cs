using System.Globalization;
using KafkaK8s.Core;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Eks;

/// <summary>What a node must have room for.</summary>
/// <param name="MemoryMib">Memory of a broker and a ZooKeeper server, in MiB.</param>
/// <param name="Cpus">CPUs that both request.</param>
internal sealed record NodeLoad(decimal MemoryMib, decimal Cpus)
{
    /// <summary>A broker of this memory and these CPUs, else of the manifests', with a ZooKeeper server beside it.</summary>
    /// <exception cref="ClusterException"><c>InvalidQuantity</c>.</exception>
    public static NodeLoad Of(ManifestCatalog catalog, string? brokerMemory, string? brokerCpu)
    {
        string Request(string set, string container, string what) =>
            (string)TreePath.Get(catalog.Find("StatefulSet", set),
                $"spec.template.spec.containers[name={container}].resources.requests.{what}")!;
        return new NodeLoad(
            (Number("-BrokerMemory", brokerMemory ?? Request("kafka", "kafka", "memory"))
                + Number("", Request("zk", "zookeeper", "memory"))) / (1024 * 1024),
            Number("-BrokerCpu", brokerCpu ?? Request("kafka", "kafka", "cpu")) + Number("", Request("zk", "zookeeper", "cpu")));
    }

    private static decimal Number(string parameter, string text) => Quantity.TryParse(text, out decimal number) && number > 0 ? number
        : throw new ClusterException("InvalidQuantity", FailureKind.InvalidInput, text,
            $"{parameter} '{text}' is not a quantity of Kubernetes. Write a number above 0 with a unit, such as 16Gi or 2.");
}

/// <summary>Whether instance types are fit for brokers. Pure.</summary>
internal static class InstanceFit
{
    /// <summary>Fewest CPUs of a node for brokers: those of the smallest standard broker that Amazon MSK offers, an m5.large or
    /// m7g.large.</summary>
    public const int LeastCpus = 2;

    /// <summary>Least memory of such a node in MiB, from the same source.</summary>
    public const long LeastMemoryMib = 8192;

    // Requests of what runs on every node: aws-node, kube-proxy, ebs-csi-node, eks-pod-identity-agent.
    private const decimal DaemonMemoryMib = 256;
    private const decimal DaemonCpus = 0.25m;

    /// <summary>Memory that pods can have on a node, in MiB: EC2's figure less what firmware and kernel take (Karpenter reckons 7.5 %),
    /// less what EKS reserves for the kubelet (255 MiB + 11 MiB a pod) and its eviction threshold (100 MiB).</summary>
    public static decimal UsableMemoryMib(InstanceFact type) =>
        Math.Floor(type.MemoryMib * 0.925m) - 255 - (11 * MaxPods(type)) - 100 - DaemonMemoryMib;

    /// <summary>CPUs that pods can have: EKS keeps 6 % of the first, 1 % of the second, 0.5 % of the next two, 0.25 % of the
    /// rest.</summary>
    public static decimal UsableCpus(InstanceFact type) =>
        type.Cpus - 0.06m - (type.Cpus > 1 ? 0.01m
            : 0) - (0.005m * Math.Clamp(type.Cpus - 2, 0, 2)) - (0.0025m * Math.Max(0, type.Cpus - 4)) - DaemonCpus;

    /// <summary>The kind of image for an architecture.</summary>
    public static string AmiType(string architecture, bool bottlerocket) => (architecture, bottlerocket) switch
    {
        ("arm64", false) => "AL2023_ARM_64_STANDARD",
        ("arm64", true) => "BOTTLEROCKET_ARM_64",
        (_, false) => "AL2023_x86_64_STANDARD",
        (_, true) => "BOTTLEROCKET_x86_64",
    };

    /// <summary>Refuses types that brokers would not run well on.</summary>
    /// <param name="types">The types, at least one.</param>
    /// <param name="load">What a node must have room for.</param>
    /// <param name="zones">Zones that the groups will be in.</param>
    /// <exception cref="ClusterException">Too small, of several sizes, paid by CPU credits, or not offered in a zone; the message has the
    /// numbers.</exception>
    public static void Check(IReadOnlyList<InstanceFact> types, NodeLoad load, IReadOnlyList<string> zones)
    {
        var first = types[0];
        if (types.FirstOrDefault(
            t => t.Cpus != first.Cpus || t.MemoryMib != first.MemoryMib || t.Architecture != first.Architecture) is { } other)
        {
            throw Invalid("InstanceTypesDiffer", other.Name,
                $"The instance types of a group must be of one size: {Size(first)}, and {Size(other)}. Name types with the same CPUs, "
                    + $"memory and architecture.");
        }

        foreach (var type in types)
        {
            if (type.IsBurstable)
                throw Invalid("InstanceTypeUnfit", type.Name,
                    $"{type.Name} uses CPU credits: once they are used up, a broker slows down until it falls out of sync. Choose a type "
                        + $"without them, such as r7g.xlarge.");
            CheckSize(type, load);
            var missing = zones.Except(type.Zones).ToList();
            if (missing.Count > 0)
            {
                throw new ClusterException("InstanceTypeNotOffered", FailureKind.NotFound, type.Name,
                    $"EC2 does not offer {type.Name} in {string.Join(", ", missing)}; it does in "
                        + $"{(type.Zones.Count == 0 ? "no zone of this region" : string.Join(", ", type.Zones))}. Choose another type, or "
                        + $"other zones with -Zone.");
            }
        }
    }

    private static void CheckSize(InstanceFact type, NodeLoad load)
    {
        if (type.Cpus < LeastCpus || type.MemoryMib < LeastMemoryMib)
            throw Invalid("InstanceTypeTooSmall", type.Name,
                $"{Size(type)} is too small for a broker: at least {LeastCpus} CPUs and {LeastMemoryMib / 1024} GiB, and rather 4 CPUs "
                    + $"and 32 GiB, such as r7g.xlarge or r6i.xlarge.");
        var (memory, cpus) = (UsableMemoryMib(type), UsableCpus(type));
        if (memory < load.MemoryMib || cpus < load.Cpus)
        {
            throw Invalid("InstanceTypeTooSmall", type.Name,
                string.Create(CultureInfo.InvariantCulture,
                    $"{Size(type)} leaves {memory:0} MiB and {cpus:0.##} CPUs to pods, and a broker with a ZooKeeper server asks for "
                        + $"{load.MemoryMib:0} MiB and {load.Cpus:0.##} CPUs. Choose a larger type, or a smaller -BrokerMemory or "
                        + $"-BrokerCpu."));
        }
    }

    // One address of each interface is the interface's own; small instances have at most 110 pods by EKS's rule.
    private static int MaxPods(InstanceFact type) =>
        Math.Min((type.Interfaces * (type.AddressesPerInterface - 1)) + 2, type.Cpus < 30 ? 110 : 250);

    private static string Size(InstanceFact type) => string.Create(CultureInfo.InvariantCulture,
        $"{type.Name} ({type.Cpus} CPUs, {type.MemoryMib / 1024m:0.#} GiB, {type.Architecture})");

    private static ClusterException Invalid(string id, string type, string message) => new(id, FailureKind.InvalidInput, type, message);
}
