using System.Text.Json.Nodes;
using Amazon.EC2.Model;
using KafkaK8s.Core;
using KafkaK8s.Core.Running;
using KafkaK8s.Eks;

namespace KafkaK8s.Tests.Eks;

/// <summary>A network of three zones on moto, and an EKS cluster in it on the stub.</summary>
internal sealed class Groups(Doubles doubles, AwsSession aws)
{
    public const string Role = "arn:aws:iam::111122223333:role/nodes";

    public static readonly string[] Zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];

    public string Vpc { get; private set; } = "";

    /// <summary>Private subnets by zone.</summary>
    public Dictionary<string, string> Subnets { get; } = [];

    /// <summary>Variables for stub and moto together.</summary>
    public static AwsVariables Variables(Doubles doubles) => AwsVariables.WithKeys(
        ("AWS_ENDPOINT_URL_EKS", doubles.Stub), ("AWS_ENDPOINT_URL_EC2", doubles.Moto), ("AWS_ENDPOINT_URL_IAM", doubles.Moto),
        ("AWS_ENDPOINT_URL_SERVICE_QUOTAS", doubles.Moto), ("AWS_ENDPOINT_URL_STS", doubles.Moto));

    /// <summary>Makes the network, and the cluster in it.</summary>
    public async Task MakeAsync()
    {
        Vpc = (await aws.Ec2.CreateVpcAsync(new CreateVpcRequest { CidrBlock = "10.9.0.0/16" })).Vpc.VpcId;
        for (int i = 0; i < Zones.Length; i++)
            Subnets[Zones[i]] = await SubnetAsync(Zones[i], i, SubnetFact.PrivateTag);
        await SubnetAsync(Zones[0], 9, SubnetFact.PublicTag);
        await ClusterAsync("ACTIVE");
    }

    public async Task<string> SubnetAsync(string zone, int number, string tag) => (await aws.Ec2.CreateSubnetAsync(new CreateSubnetRequest
    {
        VpcId = Vpc,
        CidrBlock = $"10.9.{16 * number}.0/20",
        AvailabilityZone = zone,
        TagSpecifications = [new TagSpecification { ResourceType = Amazon.EC2.ResourceType.Subnet, Tags = [new Tag(tag, "1")] }],
    })).Subnet.SubnetId;

    /// <summary>What the stub says of the cluster from now on.</summary>
    public Task ClusterAsync(string status, string mode = "API") => ScriptAsync("DescribeCluster", new JsonObject
    {
        ["times"] = 0,
        ["output"] = new JsonObject
        {
            ["cluster"] = new JsonObject
            {
                ["name"] = "prod",
                ["status"] = status,
                ["version"] = "1.34",
                ["resourcesVpcConfig"] = new JsonObject
                {
                    ["vpcId"] = Vpc,
                    ["subnetIds"] = new JsonArray([.. Subnets.Values.Select(s => (JsonNode)s)])
                },
                ["accessConfig"] = new JsonObject { ["authenticationMode"] = mode },
            },
        },
    });

    /// <summary>The names that the stub lists from now on.</summary>
    public Task ListAsync(params string[] zones) => ScriptAsync("ListNodegroups", new JsonObject
    {
        ["times"] = 0,
        ["output"] = new JsonObject { ["nodegroups"] = new JsonArray([.. zones.Select(z => (JsonNode)$"kafka-{z}")]) }
    });

    /// <summary>What the stub says of a zone's group, one state after the other; the last one stays. Empty: there is none.</summary>
    public async Task StatesAsync(string zone, params string[] states)
    {
        for (int i = 0; i < states.Length; i++)
            await ScriptAsync("DescribeNodegroup", Step(zone, states[i], i == states.Length - 1 ? 0 : 1));
    }

    public Task ScriptAsync(string operation, JsonObject step) =>
        doubles.ScriptAsync(new JsonObject { [operation] = new JsonArray(step) }.ToJsonString());

    /// <summary>One answer about a zone's group; <c>STATUS: issue</c> gives an issue too, <c>!CODE</c> an error.</summary>
    public JsonObject Step(string zone, string state, int times, Action<JsonObject>? change = null)
    {
        string name = $"kafka-{zone}";
        var step = new JsonObject { ["when"] = new JsonObject { ["nodegroupName"] = name }, ["times"] = times };
        if (state.Length == 0 || state[0] == '!')
        {
            step["code"] = state.Length == 0 ? "ResourceNotFoundException" : state[1..];
            step["status"] = state.Length == 0 ? 404 : state.Contains("Throttling", StringComparison.Ordinal) ? 429 : 500;
            step["message"] = state.Length == 0 ? $"No node group found for name: {name}." : state[1..];
            return step;
        }

        string[] parts = state.Split(": ", 2);
        var group = new JsonObject
        {
            ["nodegroupName"] = name,
            ["clusterName"] = "prod",
            ["status"] = parts[0],
            ["capacityType"] = "ON_DEMAND",
            ["scalingConfig"] = new JsonObject { ["minSize"] = 1, ["maxSize"] = 1, ["desiredSize"] = 1 },
            ["instanceTypes"] = new JsonArray("r7g.xlarge"),
            ["subnets"] = new JsonArray(Subnets[zone]),
            ["amiType"] = "AL2023_ARM_64_STANDARD",
            ["nodeRole"] = Role,
            ["labels"] = new JsonObject { ["dedicated"] = "kafka" },
            ["taints"] = new JsonArray(new JsonObject { ["key"] = "dedicated", ["value"] = "kafka", ["effect"] = "NO_SCHEDULE" }),
            ["diskSize"] = 50,
            ["launchTemplate"] = null,
            ["updateConfig"] = new JsonObject { ["maxUnavailable"] = 1, ["maxUnavailablePercentage"] = null },
            ["tags"] = new JsonObject { [GroupNames.PrefixTag] = "kafka" },
            ["health"] = new JsonObject
            {
                ["issues"] = parts.Length == 1 ? []
                : new JsonArray(new JsonObject { ["code"] = "NodeCreationFailure", ["message"] = parts[1] })
            },
            ["version"] = "1.34",
        };
        change?.Invoke(group);
        step["output"] = new JsonObject { ["nodegroup"] = group };
        return step;
    }

    public static GroupRequest Request() =>
        new("prod", "kafka", ["r7g.xlarge"], null, [], [], Role, null, null, null, new NodeLoad(1536, 0.35m));

    /// <summary>Operations of the stub that change something, with the group that each is about.</summary>
    public async Task<IReadOnlyList<string>> WritesAsync() =>
        [.. (await doubles.LogAsync()).Where(r => (string)r["method"]! != "GET")
            .Select(r => $"{(string?)r["operation"]} {(string?)r["input"]!["nodegroupName"] ?? (string?)r["input"]!["addonName"]}")];

    /// <summary>Runs a stream to its end, or to its failure.</summary>
    public static async Task<(List<OperationEvent> Events, ClusterException? Failure)> DrainAsync(IAsyncEnumerable<OperationEvent> source)
    {
        var events = new List<OperationEvent>();
        try
        {
            await foreach (var e in source)
                events.Add(e);
            return (events, null);
        }
        catch (ClusterException e)
        {
            return (events, e);
        }
    }
}
