using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Eks;

/// <summary>The storage class for brokers on EBS, and whether a class is fit for them. Pure.</summary>
internal static class StorageClassSpec
{
    /// <summary>Name where none is given.</summary>
    public const string DefaultName = "kafka-gp3";

    /// <summary>The driver.</summary>
    public const string Provisioner = "ebs.csi.aws.com";

    /// <summary>The driver that EKS Auto Mode brings along.</summary>
    public const string AutoModeProvisioner = "ebs.csi.eks.amazonaws.com";

    // gp3: 0.25 MiB/s for each operation a second, at most.
    private const decimal ThroughputPerIops = 0.25m;
    private const int BaseIops = 3000;

    /// <summary>Refuses a throughput that EBS does not give at these operations a second.</summary>
    /// <exception cref="ClusterException"><c>InvalidVolumeSpeed</c>.</exception>
    public static void Check(int? iops, int? throughput)
    {
        int most = (int)((iops ?? BaseIops) * ThroughputPerIops);
        if (throughput > most)
        {
            throw new ClusterException("InvalidVolumeSpeed", FailureKind.InvalidInput, throughput,
                $"-Throughput {throughput}: at {iops ?? BaseIops} operations a second EBS gives at most {most} MiB/s. Ask for -Iops "
                    + $"{(int)Math.Ceiling(throughput.Value / ThroughputPerIops)}, or for a smaller throughput.");
        }
    }

    /// <summary>The class. Retain: a claim deleted by mistake costs no data.</summary>
    public static JsonObject Compose(string name, int? iops, int? throughput)
    {
        var parameters = new JsonObject { ["type"] = "gp3", ["encrypted"] = "true", ["csi.storage.k8s.io/fstype"] = "xfs" };
        if (iops is int i)
            parameters["iops"] = i.ToString(CultureInfo.InvariantCulture);
        if (throughput is int t)
            parameters["throughput"] = t.ToString(CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["apiVersion"] = "storage.k8s.io/v1",
            ["kind"] = "StorageClass",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["labels"] = new JsonObject { [ClusterNames.PartOfLabel] = ClusterNames.PartOf }
            },
            ["provisioner"] = Provisioner,
            ["parameters"] = parameters,
            ["volumeBindingMode"] = "WaitForFirstConsumer",
            ["allowVolumeExpansion"] = true,
            ["reclaimPolicy"] = "Retain",
        };
    }

    /// <summary>Fields in which a class that is there differs from the wanted one; Kubernetes cannot change any of them.</summary>
    public static IReadOnlyList<FieldChange> Compare(JsonObject wanted, JsonObject there) =>
        [.. ObjectDiff.Compare(there, wanted)
            .Where(f => !f.Path.StartsWith("metadata", StringComparison.Ordinal) && f.Path is not "kind" and not "apiVersion")];

    /// <summary>What makes a class unfit for brokers, in words; empty when it is fit.</summary>
    public static IReadOnlyList<string> Unfit(JsonObject tree)
    {
        var why = new List<string>();
        if ((string?)tree["provisioner"] is not (Provisioner or AutoModeProvisioner))
            why.Add($"made by {(string?)tree["provisioner"]}");
        else if ((string?)tree["parameters"]?["type"] is string type && type != "gp3")
            why.Add($"type {type}, not gp3");
        if ((string?)tree["volumeBindingMode"] != "WaitForFirstConsumer")
            why.Add("binds before the pod has a zone");
        if ((bool?)tree["allowVolumeExpansion"] != true)
            why.Add("cannot grow");
        return why;
    }
}
