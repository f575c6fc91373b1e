using Amazon.EKS;
using Amazon.EKS.Model;
using Amazon.Runtime;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>Requests and answers against AWS's own model of EKS.</summary>
[Collection(DoublesCollection.Name)]
public sealed class ModelTests(Doubles doubles) : IAsyncLifetime
{
    private readonly AwsVariables variables = AwsVariables.WithKeys(("AWS_ENDPOINT_URL_EKS", doubles.Stub));
    private AwsSession aws = null!;

    public static TheoryData<string> Operations => [.. Requests.Operations.Select(m => m.Name)];

    public async Task InitializeAsync()
    {
        await doubles.ResetAsync();
        aws = AwsSession.Open(null, null);
    }

    public Task DisposeAsync()
    {
        aws.Dispose();
        variables.Dispose();
        return Task.CompletedTask;
    }

    // Every member that the client has, there and back; the stub refuses what the model does not have.
    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Every_operation_fits_the_model(string name)
    {
        var operation = Requests.Operations.Single(m => m.Name == name);
        object request = Requests.Filled(operation.GetParameters()[0].ParameterType);
        object answer = await Requests.CallAsync(aws.Eks, operation, request);
        Requests.AssertFilled(answer, name);
        var seen = Assert.Single(await doubles.LogAsync());
        Assert.Equal(name, seen["operation"] + "Async");
        Assert.Equal(request.GetType().GetProperties().Where(p => p.DeclaringType == request.GetType())
            .Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..]).Order(StringComparer.Ordinal),
            seen["input"]!.AsObject().Select(m => m.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_does_not_fit_the_model_is_caught()
    {
        var request = (CreateNodegroupRequest)Requests.Filled(typeof(CreateNodegroupRequest));
        request.NodeRole = null;
        var e = await Assert.ThrowsAnyAsync<AmazonEKSException>(() => aws.Eks.CreateNodegroupAsync(request));
        Assert.Equal(("ModelViolation", ": required member nodeRole is missing"), (e.ErrorCode, e.Message));

        request = (CreateNodegroupRequest)Requests.Filled(typeof(CreateNodegroupRequest));
        request.AmiType = "AL2024_x86_64";
        Assert.Contains("'AL2024_x86_64' is none of", (await Assert.ThrowsAnyAsync<AmazonEKSException>(
            () => aws.Eks.CreateNodegroupAsync(request))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_missing_is_never_sent()
    {
        await Assert.ThrowsAsync<AmazonClientException>(() => aws.Eks.DescribeClusterAsync(new DescribeClusterRequest()));
        await Assert.ThrowsAsync<AmazonClientException>(
            () => aws.Eks.DeleteNodegroupAsync(new DeleteNodegroupRequest { ClusterName = "prod", NodegroupName = "" }));
        Assert.Empty(await doubles.LogAsync());
    }

    [Fact]
    public async Task Names_are_escaped_in_the_path()
    {
        Assert.Equal("a b/ü", (await aws.Eks.DescribeNodegroupAsync(
            new DescribeNodegroupRequest { ClusterName = "prod", NodegroupName = "a b/ü" })).Nodegroup!.NodegroupName);
        Assert.Equal("/clusters/prod/node-groups/a%20b%2F%C3%BC", (string?)Assert.Single(await doubles.LogAsync())["path"]);
    }

    [Fact]
    public async Task What_is_newer_than_the_client_is_accepted()
    {
        await doubles.ScriptAsync(
            """{"DescribeNodegroup": [{"output": {"nodegroup": {"status": "FROBNICATING", "createdAt": 1700000000.123, "novelty": {"a": [1]}, "health": {"issues": [{"code": "NewTrouble"}]}}, "more": 1}}]}""");
        var group = (await aws.Eks.DescribeNodegroupAsync(
            new DescribeNodegroupRequest { ClusterName = "prod", NodegroupName = "kafka-a" })).Nodegroup!;
        Assert.Equal(("FROBNICATING", "NewTrouble"), (group.Status!.Value, group.Health!.Issues![0].Code!.Value));
        Assert.Equal(new DateTime(2023, 11, 14, 22, 13, 20, 123, DateTimeKind.Utc), group.CreatedAt);
    }

    [Fact]
    public async Task Lists_go_into_the_query_one_by_one()
    {
        await aws.Eks.DescribeClusterVersionsAsync(
            new DescribeClusterVersionsRequest { ClusterVersions = ["1.34", "1.35"], IncludeAll = false });
        Assert.Equal(["1.34", "1.35"],
            Assert.Single(await doubles.LogAsync())["input"]!["clusterVersions"]!.AsArray().Select(v => (string?)v));
    }
}
