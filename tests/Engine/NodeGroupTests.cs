using System.Management.Automation;
using System.Text.Json.Nodes;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>The cmdlets of EKS at the prompt: what is refused before AWS is asked, plans, views, completion. One server plays EKS and
/// the cluster's API server; what EC2 is asked it cannot answer. The flows are in tests/Eks.</summary>
public sealed class NodeGroupTests : IClassFixture<ModuleSession>, IDisposable
{
    private const string Role = "arn:aws:iam::111122223333:role/ebs-csi";

    private readonly ModuleSession module;
    private readonly FakeApiServer server = new();
    private readonly Dictionary<string, string> addons = [];

    public NodeGroupTests(ModuleSession module)
    {
        this.module = module;
        server.Instead = Eks;
        BuiltModule.SetAws(("AWS_ENDPOINT_URL", server.Address), ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_MAX_ATTEMPTS", "1"));
    }

    public void Dispose()
    {
        BuiltModule.SetAws();
        server.Dispose();
    }

    [Theory]
    [InlineData("New-KafkaNodeGroup prod r7g.xlarge -NodesPerZone 0", "InvalidCount", 0)]
    [InlineData("New-KafkaNodeGroup prod r7g.xlarge -NodesPerZone -1", "InvalidCount", -1)]
    [InlineData("New-KafkaNodeGroup prod r7g.xlarge -DiskSize 50 -LaunchTemplate mine", "DiskAndTemplate", 50)]
    [InlineData("New-KafkaNodeGroup prod r7g.xlarge -NodeRole nodes", "InvalidRoleArn", "nodes")]
    [InlineData("New-KafkaNodeGroup prod r7g.xlarge -Prefix 'a b'", "InvalidName", "a b")]
    [InlineData("New-KafkaNodeGroup prod r7g.xlarge -BrokerMemory 10GB", "InvalidQuantity", "10GB")]
    [InlineData("New-KafkaNodeGroup prod r7g.xlarge -BrokerCpu 0", "InvalidQuantity", "0")]
    [InlineData("Test-KafkaEksCluster prod -NodeRole nodes", "InvalidRoleArn", "nodes")]
    [InlineData("Enable-KafkaEksStorage prod -Throughput 1000", "InvalidVolumeSpeed", 1000)]
    [InlineData("Enable-KafkaEksStorage prod -PodIdentityRole arn:aws:iam::1:role/x", "InvalidRoleArn", "arn:aws:iam::1:role/x")]
    [InlineData("Enable-KafkaEksStorage prod -IrsaRole x", "InvalidRoleArn", "x")]
    public void A_request_that_cannot_be_asks_nothing(string script, string id, object target)
    {
        var error = Assert.Single(Run(script).Errors);
        Assert.StartsWith($"KafkaK8s.{id},", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal((ErrorCategory.InvalidArgument, target), (error.CategoryInfo.Category, error.TargetObject));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("New-KafkaNodeGroup prod r7g.xlarge -DiskSize 5", "ParameterArgumentValidationError")]
    [InlineData("New-KafkaNodeGroup prod ''", "ParameterArgumentValidationError")]
    [InlineData("Enable-KafkaEksStorage prod -Iops 2999", "ParameterArgumentValidationError")]
    [InlineData("Enable-KafkaEksStorage prod -StorageClass Gp3", "ParameterArgumentValidationError")]
    [InlineData("Enable-KafkaEksStorage prod -PodIdentityRole x -IrsaRole y", "AmbiguousParameterSet")]
    [InlineData("Get-KafkaNodeGroup prod -WhatIf", "NamedParameterNotFound")]
    [InlineData("Test-KafkaEksCluster prod -WhatIf", "NamedParameterNotFound")]
    public void Values_of_a_wrong_shape_do_not_bind(string script, string id) =>
        Assert.Equal(id, Assert.Single(Run(script).Errors).FullyQualifiedErrorId.Split(',')[0]);

    [Theory]
    [InlineData("Get-KafkaNodeGroup nowhere", "EksClusterNotFound")]
    [InlineData("New-KafkaNodeGroup nowhere r7g.xlarge", "EksClusterNotFound")]
    [InlineData("Remove-KafkaNodeGroup nowhere", "EksClusterNotFound")]
    [InlineData("Test-KafkaEksCluster nowhere", "EksClusterNotFound")]
    [InlineData("Enable-KafkaEksStorage nowhere", "EksClusterNotFound")]
    public void What_is_not_there_is_said(string script, string id)
    {
        Assert.StartsWith($"KafkaK8s.{id},", Assert.Single(Run($"{script} -Region eu-central-1").Errors).FullyQualifiedErrorId,
            StringComparison.Ordinal);
        Assert.Empty(server.Writes);
    }

    [Fact]
    public void A_region_that_nobody_knows_is_said()
    {
        BuiltModule.SetAws(); // an endpoint of one's own may stand for any region
        Assert.StartsWith("KafkaK8s.AwsRegionUnknown,", Assert.Single(
            Run("New-KafkaNodeGroup prod r7g.xlarge -Region eu-centrl-1").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-KafkaNodeGroup", ConfirmImpact.Medium)]
    [InlineData("Enable-KafkaEksStorage", ConfirmImpact.Medium)]
    [InlineData("Remove-KafkaNodeGroup", ConfirmImpact.High)]
    public void Those_that_change_support_ShouldProcess(string name, ConfirmImpact impact)
    {
        var type = ((CmdletInfo)Run($"Get-Command {name}").EnsureSuccess().Output[0].BaseObject).ImplementingType;
        var attribute = type.GetCustomAttributes(typeof(CmdletAttribute), inherit: false).Cast<CmdletAttribute>().Single();
        Assert.True(attribute.SupportsShouldProcess);
        Assert.Equal(impact, attribute.ConfirmImpact);
    }

    [Fact]
    public void Storage_WhatIf_gives_the_plan_with_requests_and_changes_nothing()
    {
        var plan = Run($"Enable-KafkaEksStorage prod -PodIdentityRole {Role} -Region eu-central-1 -WhatIf").EnsureSuccess().Output;
        Assert.Equal(["Create Addon eks-pod-identity-agent", "Create Addon aws-ebs-csi-driver", "Create StorageClass kafka-gp3"],
            plan.Select(p => $"{p.Properties["Action"].Value} {p.Properties["Kind"].Value} {p.Properties["Name"].Value}"));
        Assert.Contains($"\"roleArn\":\"{Role}\"", (string)plan[1].Properties["Request"].Value, StringComparison.Ordinal);
        Assert.StartsWith("What if: Enable EBS storage for Kafka (Create Addon eks-pod-identity-agent, ",
            module.Engine.Host.Recording.Text(), StringComparison.Ordinal);
        Assert.Empty(server.Writes);
    }

    // The API server is the one that EKS names, with a token and without a kubeconfig.
    [Fact]
    public void Storage_is_made_and_again_left_alone()
    {
        var made = Assert.Single(
            Run($"Enable-KafkaEksStorage prod -PodIdentityRole {Role} -Throughput 250 -Region eu-central-1").EnsureSuccess().Output);
        Assert.Equal(("kafka-gp3", "v1", 250),
            (made.Properties["StorageClass"].Value, made.Properties["DriverVersion"].Value, made.Properties["ThroughputMiBps"].Value));
        Assert.Contains("storageclasses/kafka-gp3", server.Store.Names);
        int writes = server.Writes.Count;
        var again = Assert.Single(Run("Enable-KafkaEksStorage prod -Throughput 250 -Region eu-central-1").EnsureSuccess().Output);
        Assert.All(((IEnumerable<object>)again.Properties["Changes"].Value).Select(PSObject.AsPSObject),
            c => Assert.Equal("None", c.Properties["Action"].Value.ToString()));
        Assert.Equal(writes, server.Writes.Count);
        Assert.Contains("KafkaK8s.StorageClassDiffers",
            Assert.Single(Run("Enable-KafkaEksStorage prod -Region eu-central-1").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_looked_at_is_not_passed()
    {
        var checks = Run("Test-KafkaEksCluster prod r7g.xlarge -Region eu-central-1").EnsureSuccess().Output
            .ToDictionary(c => (string)c.Properties["Check"].Value, c => c.Properties["Status"].Value.ToString());
        Assert.Equal(("Passed", "NotChecked", "NotChecked", "Failed", "Failed"),
            (checks["ClusterActive"], checks["Subnets"], checks["Quota"], checks["EbsCsiDriver"], checks["StorageClass"]));
        Assert.Equal(10, checks.Count);
        Assert.False(
            (bool)Assert.Single(Run("Test-KafkaEksCluster prod r7g.xlarge -Region eu-central-1 -Quiet").EnsureSuccess().Output).BaseObject);
        Assert.All(server.Writes, w => Assert.Equal("/", w.Path)); // EC2 and Service Quotas are read by POST
    }

    [Theory]
    [InlineData("Get-KafkaNodeGroup -Region eu-central-1 -Name p", "prod")]
    [InlineData("Remove-KafkaNodeGroup -Region eu-central-1 prod -NodeGroup k", "kafka-eu-central-1a")]
    [InlineData("Get-KafkaNodeGroup -Region eu-central-1 -Name x", "")]
    [InlineData("Connect-EksCluster -Region eu-central-1 ", "prod,stage")]
    [InlineData("Enable-KafkaEksStorage -Region eu-central-1 -StorageClass k", "kafka-gp3")]
    public void Names_are_completed(string line, string expected) =>
        Assert.Equal(expected, string.Join(",",
            module.Engine.Run(
                "param($l) [System.Management.Automation.CommandCompletion]::CompleteInput($l, $l.Length, "
                    + "$null).CompletionMatches.Where({ $_.ResultType -eq 'ParameterValue' }).ForEach({ $_.CompletionText })",
                    new { l = line }).As<string>()));

    [Fact]
    public void Node_groups_look_like_this() => Shows("""
        [KafkaK8s.KafkaNodeGroup]@{ Cluster = 'prod'; NodeGroup = 'kafka-eu-central-1a'; Zones = [string[]]@('eu-central-1a'); Status = 'ACTIVE'; DesiredSize = 1; MinSize = 1; MaxSize = 1; InstanceTypes = [string[]]@('r7g.xlarge'); Version = '1.34'; CreatedAt = [DateTimeOffset]::UtcNow.AddDays(-12.1) }
        [KafkaK8s.KafkaNodeGroup]@{ Cluster = 'prod'; NodeGroup = 'kafka-eu-central-1b'; Zones = [string[]]@('eu-central-1b'); Status = 'DEGRADED'; DesiredSize = 2; MinSize = 1; MaxSize = 3; InstanceTypes = [string[]]@('r7g.xlarge', 'r6g.xlarge'); Version = '1.34'; CreatedAt = [DateTimeOffset]::UtcNow.AddMinutes(-5.5); Issues = [string[]]@('A: b') }
        """, """
        Cluster NodeGroup           Zone          Status   Nodes   Reason InstanceType           Version Age
        ------- ---------           ----          ------   -----   ------ ------------           ------- ---
        prod    kafka-eu-central-1a eu-central-1a ACTIVE   1              r7g.xlarge             1.34    12d
        prod    kafka-eu-central-1b eu-central-1b DEGRADED 2 (1-3) A: b   r7g.xlarge, r6g.xlarge 1.34    5m
        """);

    [Fact]
    public void Plans_look_like_this() => Shows("""
        $steps = [KafkaK8s.PlanStep]@{ Cluster = 'prod'; Kind = 'NodeGroup'; Name = 'kafka-eu-central-1a'; Zone = 'eu-central-1a'; Action = 'Create' },
        [KafkaK8s.PlanStep]@{ Cluster = 'prod'; Kind = 'NodeGroup'; Name = 'kafka-eu-central-1b'; Zone = 'eu-central-1b'; Action = 'Update'; Fields = [KafkaK8s.FieldChange[]]@([KafkaK8s.FieldChange]::new('scalingConfig.minSize', '1', '2')) }
        $steps | ForEach-Object { $_.psobject.TypeNames.Insert(0, 'KafkaK8s.PlanStep#Zone'); $_ }
        """, """
        Action Kind      Name                Zone          Change
        ------ ----      ----                ----          ------
        Create NodeGroup kafka-eu-central-1a eu-central-1a
        Update NodeGroup kafka-eu-central-1b eu-central-1b minSize: 1 -> 2
        """);

    [Fact]
    public void Storage_looks_like_this() => Shows("""
        [KafkaK8s.EksStorage]@{ Cluster = 'prod'; StorageClass = 'kafka-gp3'; DriverVersion = 'v1.50.0'; ThroughputMiBps = 250; Identity = 'pod identity' }
        """, """
        Cluster StorageClass DriverVersion Iops ThroughputMiBps Identity
        ------- ------------ ------------- ---- --------------- --------
        prod    kafka-gp3    v1.50.0       3000 250             pod identity
        """);

    private EngineResult Run(string script) => module.Engine.Run(script);

    private void Shows(string script, string expected) =>
        Assert.Equal(expected.ReplaceLineEndings("\n"), module.Engine.Format(Run(script).EnsureSuccess().Output));

    private FakeAnswer? Eks(FakeRequest request)
    {
        string[] parts = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (request.Method, parts)
        {
            case ("GET", ["clusters"]):
                return Json("""{"clusters":["prod","stage"]}""");
            case ("GET", ["clusters", "prod"]):
                return Json(
                    $$$$"""{"cluster":{"name":"prod","status":"ACTIVE","version":"1.34","endpoint":"{{{{server.Address}}}}","certificateAuthority":{"data":"{{{{BuiltModule.Authority}}}}"},"resourcesVpcConfig":{"vpcId":"vpc-1"},"accessConfig":{"authenticationMode":"API"}}}""");
            case ("GET", ["clusters", "prod", "node-groups"]):
                return Json("""{"nodegroups":["kafka-eu-central-1a"]}""");
            case ("GET", ["clusters", "prod", "addons", var name]) when addons.ContainsKey(name):
                return Json(
                    $$$"""{"addon":{"addonName":"{{{name}}}","status":"ACTIVE","addonVersion":"v1","podIdentityAssociations":["x"]}}""");
            case ("POST", ["clusters", "prod", "addons"]):
                addons[(string)request.Tree["addonName"]!] = request.Body;
                return Json("""{"addon":{"status":"CREATING"}}""");
            case (_, ["clusters", "prod", ..]):
                return new FakeAnswer(404, Tree("""{"__type":"ResourceNotFoundException","message":"nothing of that name"}"""));
            case (_, ["clusters", ..]):
                return new FakeAnswer(404,
                    Tree("""{"__type":"ResourceNotFoundException","message":"No cluster found for name: nowhere."}"""));
            default:
                return null;
        }
    }

    private static FakeAnswer Json(string text) => new(200, Tree(text));

    private static JsonObject Tree(string text) => JsonNode.Parse(text)!.AsObject();
}
