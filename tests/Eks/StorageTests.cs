using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Running;
using KafkaK8s.Eks;
using KafkaK8s.Tests.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>Storage and checks: EKS is the stub, EC2, IAM and quotas are moto's, Kubernetes is the fake API server.</summary>
[Collection(DoublesCollection.Name)]
public sealed class StorageTests(Doubles doubles) : IAsyncLifetime, IDisposable
{
    private const string Role = "arn:aws:iam::111122223333:role/ebs-csi";

    private readonly AwsVariables variables = Groups.Variables(doubles);
    private readonly FakeApiServer server = new();
    private AwsSession aws = null!;
    private Groups groups = null!;
    private KubeConnection connection = null!;

    public async Task InitializeAsync()
    {
        await doubles.ResetAsync();
        aws = AwsSession.Open(null, null);
        groups = new Groups(doubles, aws);
        await groups.MakeAsync();
        connection = KubeConnection.Open(server.KubeConfig, null);
    }

    public Task DisposeAsync()
    {
        connection.Dispose();
        aws.Dispose();
        variables.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => server.Dispose();

    [Fact]
    public async Task Driver_agent_and_class_are_made_and_waited_for()
    {
        await AddonAsync(EksAddons.Driver, "", "CREATING", "DEGRADED", "ACTIVE");
        await AddonAsync(EksAddons.Agent, "", "CREATING", "ACTIVE");
        var plan = await PlanAsync(Request() with { Iops = 4000, Throughput = 250 });
        Assert.Equal(["Create Addon eks-pod-identity-agent", "Create Addon aws-ebs-csi-driver", "Create StorageClass kafka-gp3"],
            plan.Changes.Select(c => $"{c.Action} {c.Kind} {c.Name}"));
        var (events, failure) = await Groups.DrainAsync(EnableStorage.RunAsync(aws, connection, plan, default));
        Assert.Null(failure);
        Assert.Equal(["CreateAddon eks-pod-identity-agent", "CreateAddon aws-ebs-csi-driver"], await groups.WritesAsync());
        var driver = (await doubles.LogAsync()).Last(r => (string?)r["operation"] == "CreateAddon")["input"]!;
        Assert.Equal(("ebs-csi-controller-sa", Role), ((string?)driver["podIdentityAssociations"]![0]!["serviceAccount"],
            (string?)driver["podIdentityAssociations"]![0]!["roleArn"]));
        var tree = Assert.Single(server.Writes).Tree;
        Assert.Equal(("4000", "250", "Retain", "WaitForFirstConsumer"), ((string?)tree["parameters"]!["iops"],
            (string?)tree["parameters"]!["throughput"], (string?)tree["reclaimPolicy"], (string?)tree["volumeBindingMode"]));
        Assert.Equal($"pod identity {Role}", events.OfType<Completed<EksStorage>>().Single().Result.Identity);
    }

    [Fact]
    public async Task NoWait_asks_and_returns()
    {
        await AddonAsync(EksAddons.Driver, "", "CREATING");
        await AddonAsync(EksAddons.Agent, "", "CREATING");
        var (events, failure) =
            await Groups.DrainAsync(EnableStorage.RunAsync(aws, connection, await PlanAsync(Request() with { NoWait = true }), default));
        Assert.Null(failure);
        Assert.Equal(2, (await groups.WritesAsync()).Count);
        Assert.Single(server.Writes);
        Assert.Empty(events.OfType<Waiting>());
    }

    [Fact]
    public async Task Again_it_changes_nothing()
    {
        await AddonAsync(EksAddons.Driver, "ACTIVE");
        await AddonAsync(EksAddons.Agent, "ACTIVE");
        server.Store.Put("storage.k8s.io/v1", "storageclasses", null, StorageClassSpec.Compose("kafka-gp3", null, null));
        var plan = await PlanAsync(Request() with { PodIdentityRole = null });
        Assert.All(plan.Changes, c => Assert.Equal(ChangeAction.None, c.Action));
        Assert.Null((await Groups.DrainAsync(EnableStorage.RunAsync(aws, connection, plan, default))).Failure);
        Assert.Empty(await groups.WritesAsync());
        Assert.Empty(server.Writes);
    }

    [Fact]
    public async Task Without_a_role_it_is_asked_for()
    {
        await AddonAsync(EksAddons.Driver, "");
        await AddonAsync(EksAddons.Agent, "");
        Assert.Equal("StorageRoleMissing",
            (await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(Request() with { PodIdentityRole = null }))).Id);
    }

    [Fact]
    public async Task A_class_of_the_name_with_other_values_is_refused()
    {
        await AddonAsync(EksAddons.Driver, "ACTIVE");
        await AddonAsync(EksAddons.Agent, "ACTIVE");
        server.Store.Put("storage.k8s.io/v1", "storageclasses", null, StorageClassSpec.Compose("kafka-gp3", 4000, null));
        var e = await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(Request() with { PodIdentityRole = null }));
        Assert.Equal("StorageClassDiffers", e.Id);
        Assert.Contains("parameters.iops: \"4000\" -> (none)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_driver_with_its_role_in_another_way_is_left_alone()
    {
        await AddonAsync(EksAddons.Driver, "ACTIVE");
        await AddonAsync(EksAddons.Agent, "ACTIVE");
        Assert.Equal("AddonDiffers",
            (await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(Request() with { PodIdentityRole = null, IrsaRole = Role }))).Id);
    }

    [Fact]
    public async Task An_add_on_that_fails_says_why()
    {
        await AddonAsync(EksAddons.Driver, "", "CREATE_FAILED: AccessDenied");
        await AddonAsync(EksAddons.Agent, "ACTIVE");
        var failure = (await Groups.DrainAsync(EnableStorage.RunAsync(aws, connection, await PlanAsync(Request()), default))).Failure;
        Assert.Equal(("AddonFailed", EksAddons.Driver), (failure!.Id, failure.Target));
        Assert.Contains("AccessDenied", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CREATE_FAILED: ConfigurationConflict", true)]
    [InlineData("DELETING", false)]
    public async Task An_add_on_that_could_not_be_made_is_made_anew(string state, bool deleted)
    {
        await AddonAsync(EksAddons.Driver, state, state, "DELETING", "", "CREATING", "ACTIVE");
        await AddonAsync(EksAddons.Agent, "ACTIVE");
        var plan = await PlanAsync(Request());
        var line = plan.Changes.Single(c => c.Name == EksAddons.Driver);
        Assert.Equal(ChangeAction.Create, line.Action);
        Assert.Contains($"is {state.Split(':')[0]}", line.Note, StringComparison.Ordinal);
        Assert.Null((await Groups.DrainAsync(EnableStorage.RunAsync(aws, connection, plan, default))).Failure);
        string[] made = ["CreateAddon aws-ebs-csi-driver"];
        Assert.Equal(deleted ? ["DeleteAddon aws-ebs-csi-driver", .. made] : made, await groups.WritesAsync());
    }

    [Fact]
    public async Task A_conflict_that_stands_in_the_way_is_named()
    {
        await AddonAsync(EksAddons.Driver, "", "CREATE_FAILED: ConfigurationConflict: Apply failed with 1 conflict");
        await AddonAsync(EksAddons.Agent, "ACTIVE");
        var failure = (await Groups.DrainAsync(EnableStorage.RunAsync(aws, connection, await PlanAsync(Request()), default))).Failure;
        Assert.Contains("--resolve-conflicts OVERWRITE", failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_has_to_be_made_anew_needs_its_role_again()
    {
        await AddonAsync(EksAddons.Driver, "CREATE_FAILED: x");
        await AddonAsync(EksAddons.Agent, "ACTIVE");
        Assert.Equal("StorageRoleMissing",
            (await Assert.ThrowsAsync<ClusterException>(() => PlanAsync(Request() with { PodIdentityRole = null }))).Id);
    }

    [Fact]
    public async Task An_update_that_failed_is_tried_again()
    {
        await AddonAsync(EksAddons.Driver, "UPDATE_FAILED: x", "ACTIVE");
        await AddonAsync(EksAddons.Agent, "ACTIVE");
        Assert.Null((await Groups.DrainAsync(EnableStorage.RunAsync(aws, connection, await PlanAsync(Request()), default))).Failure);
        Assert.Equal(["UpdateAddon aws-ebs-csi-driver"], await groups.WritesAsync());
    }

    [Fact]
    public async Task A_cluster_that_has_everything_passes()
    {
        await AddonAsync(EksAddons.Driver, "ACTIVE");
        await AddonAsync(EksAddons.Agent, "ACTIVE");
        await groups.ListAsync(Groups.Zones);
        foreach (string zone in Groups.Zones)
            await groups.StatesAsync(zone, "ACTIVE");
        await groups.ScriptAsync("DescribeClusterVersions",
            new JsonObject
            {
                ["times"] = 0,
                ["output"] = new JsonObject
                {
                    ["clusterVersions"] = new JsonArray(new JsonObject
                    {
                        ["clusterVersion"] = "1.34",
                        ["versionStatus"] = "STANDARD_SUPPORT",
                        ["endOfStandardSupportDate"] = 4102444800
                    })
                }
            });
        server.Store.Put("storage.k8s.io/v1", "storageclasses", null, StorageClassSpec.Compose("kafka-gp3", null, null));
        var checks = await CheckAsync((connection, ""), ["r7g.xlarge"]);
        foreach (string name in new[] { "ClusterActive", "VersionSupported", "AuthenticationMode", "Subnets", "InstanceTypes", "NodeGroups",
            "EbsCsiDriver", "StorageClass" })
            Assert.True(checks[name].Status == EksCheckStatus.Passed, $"{checks[name]} {checks[name].Remedy}");
        Assert.Equal(EksCheckStatus.NotChecked, checks["NodeRole"].Status); // IAM has no such role here
        Assert.Contains(groups.Subnets["eu-central-1b"], checks["Subnets"].Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bare_cluster_is_told_what_to_do()
    {
        await AddonAsync(EksAddons.Driver, "");
        await AddonAsync(EksAddons.Agent, "");
        await groups.ListAsync();
        await groups.ScriptAsync("DescribeClusterVersions", new JsonObject
        {
            ["times"] = 0,
            ["status"] = 403,
            ["code"] = "AccessDeniedException",
            ["message"] = "not authorized to perform: eks:DescribeClusterVersions"
        });
        var checks = await CheckAsync((null, "no way there"), []);
        Assert.Equal(
            ["AuthenticationMode Passed", "ClusterActive Passed", "EbsCsiDriver Failed", "InstanceTypes NotChecked", "NodeGroups Failed",
            "NodeRole NotChecked", "Quota NotChecked", "StorageClass NotChecked", "Subnets Passed", "VersionSupported NotChecked"],
            checks.Values.Select(c => $"{c.Check} {c.Status}").Order(StringComparer.Ordinal));
        Assert.Contains("eks:DescribeClusterVersions", checks["VersionSupported"].Evidence, StringComparison.Ordinal);
        Assert.Equal("no way there", checks["StorageClass"].Evidence);
        Assert.All(checks.Values.Where(c => c.Status == EksCheckStatus.Failed), c => Assert.NotEmpty(c.Remedy));
    }

    private static StorageRequest Request() => new("prod", Role, null, "kafka-gp3", null, null, TimeSpan.FromMinutes(1));

    private Task<StoragePlan> PlanAsync(StorageRequest request) => EnableStorage.PlanAsync(aws, connection, request, default);

    private async Task<Dictionary<string, EksCheck>> CheckAsync((KubeConnection? Connection, string Why) kubernetes, string[] types)
    {
        var (events, failure) = await Groups.DrainAsync(CheckEksCluster.RunAsync(aws, kubernetes,
            new CheckEksRequest("prod", types, null, new NodeLoad(1536, 0.35m), TimeSpan.FromMinutes(1)), default));
        Assert.Null(failure);
        return events.OfType<Completed<EksCheck>>().ToDictionary(c => c.Result.Check, c => c.Result);
    }

    private async Task AddonAsync(string name, params string[] states)
    {
        for (int i = 0; i < states.Length; i++)
        {
            string[] parts = states[i].Split(": ", 2);
            var step = new JsonObject { ["when"] = new JsonObject { ["addonName"] = name }, ["times"] = i == states.Length - 1 ? 0 : 1 };
            if (states[i].Length == 0)
            {
                step["status"] = 404;
                step["code"] = "ResourceNotFoundException";
                step["message"] = $"No addon: {name} found in cluster: prod";
            }
            else
            {
                step["output"] = new JsonObject
                {
                    ["addon"] = new JsonObject
                    {
                        ["status"] = parts[0],
                        ["serviceAccountRoleArn"] = null,
                        ["podIdentityAssociations"] = name == EksAddons.Driver
                            ? new JsonArray("arn:aws:eks:eu-central-1:111122223333:podidentityassociation/prod/a-1") : null,
                        ["health"] = new JsonObject
                        {
                            ["issues"] = parts.Length == 1 ? []
                            : new JsonArray(new JsonObject { ["code"] = "AccessDenied", ["message"] = parts[1] })
                        },
                    },
                };
            }

            await groups.ScriptAsync("DescribeAddon", step);
        }
    }
}
