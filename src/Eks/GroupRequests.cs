using System.Text.Json.Nodes;
using Amazon.EKS.Model;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>The requests that a plan sends, and how they are shown. Pure.</summary>
internal static class GroupRequests
{
    /// <summary>The request that makes a group.</summary>
    public static CreateNodegroupRequest Create(string cluster, GroupFact wanted) => new()
    {
        ClusterName = cluster,
        NodegroupName = wanted.Name,
        ScalingConfig = Scaling(wanted),
        DiskSize = wanted.DiskSize,
        Subnets = [.. wanted.Subnets],
        InstanceTypes = [.. wanted.InstanceTypes],
        AmiType = wanted.AmiType,
        CapacityType = wanted.CapacityType,
        NodeRole = wanted.NodeRole,
        Labels = wanted.Labels.ToDictionary(),
        Taints = [.. wanted.Taints.Select(t => new Taint { Key = t.Key, Value = t.Value, Effect = t.Effect })],
        Tags = wanted.Tags.ToDictionary(),
        LaunchTemplate = wanted.Template is { } t ? new LaunchTemplateSpecification { Id = t.Id, Version = t.Version } : null,
        UpdateConfig = new NodegroupUpdateConfig { MaxUnavailable = wanted.MaxUnavailable },
    };

    /// <summary>The request that gives a group more nodes. Never fewer than it has: brokers may run on each.</summary>
    public static UpdateNodegroupConfigRequest Grow(string cluster, GroupStep step) => new()
    {
        ClusterName = cluster,
        NodegroupName = step.Wanted.Name,
        ScalingConfig = Scaling(step.Wanted with { Desired = Math.Max(step.Wanted.Min, step.Existing!.Desired) }),
    };

    /// <summary>The request of a step as JSON; empty where none is sent.</summary>
    public static string Text(string cluster, GroupStep step) => step.Action switch
    {
        ChangeAction.Create => Text(Create(cluster, step.Wanted)),
        ChangeAction.Update => new JsonObject
        {
            ["nodegroupName"] = step.Wanted.Name,
            ["scalingConfig"] = Tree(Grow(cluster, step).ScalingConfig!)
        }.ToJsonString(JsonText.Readable),
        _ => "",
    };

    // EKS's own names, in the order in which people read them.
    private static string Text(CreateNodegroupRequest request)
    {
        var tree = new JsonObject
        {
            ["clusterName"] = request.ClusterName,
            ["nodegroupName"] = request.NodegroupName,
            ["instanceTypes"] = List(request.InstanceTypes!),
            ["capacityType"] = request.CapacityType!.Value,
            ["amiType"] = request.AmiType!.Value,
            ["scalingConfig"] = Tree(request.ScalingConfig!),
            ["subnets"] = List(request.Subnets!),
            ["nodeRole"] = request.NodeRole,
            ["labels"] = Table(request.Labels!),
            ["taints"] = new JsonArray(
                [.. request.Taints!.Select(t => new JsonObject { ["key"] = t.Key, ["value"] = t.Value, ["effect"] = t.Effect!.Value })]),
            ["tags"] = Table(request.Tags!),
            ["updateConfig"] = new JsonObject { ["maxUnavailable"] = request.UpdateConfig!.MaxUnavailable },
        };
        if (request.DiskSize is int size)
            tree["diskSize"] = size;
        if (request.LaunchTemplate is { } template)
            tree["launchTemplate"] = new JsonObject { ["id"] = template.Id, ["version"] = template.Version };
        return tree.ToJsonString(JsonText.Readable);
    }

    private static NodegroupScalingConfig Scaling(GroupFact group) =>
        new() { MinSize = group.Min, MaxSize = group.Max, DesiredSize = group.Desired };

    private static JsonObject Tree(NodegroupScalingConfig scaling) =>
        new() { ["minSize"] = scaling.MinSize, ["maxSize"] = scaling.MaxSize, ["desiredSize"] = scaling.DesiredSize };

    private static JsonArray List(IEnumerable<string> values) => [.. values.Select(v => (JsonNode)v)];

    private static JsonObject Table(Dictionary<string, string> values) =>
        new(values.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value)));
}
