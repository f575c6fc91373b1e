using System.Text.Json.Nodes;
using Amazon.EKS.Model;
using KafkaK8s.Core;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>What AWS does when it is slow, busy or ill, and what an operator is told.</summary>
[Collection(DoublesCollection.Name)]
public sealed class FailureTests(Doubles doubles) : IAsyncLifetime
{
    private AwsVariables variables = AwsVariables.WithKeys(("AWS_ENDPOINT_URL_EKS", doubles.Stub));

    public Task InitializeAsync() => doubles.ResetAsync();

    public Task DisposeAsync()
    {
        variables.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("""{"status": 500, "code": "ServerException"}""")]
    [InlineData("""{"status": 503, "code": "ServiceUnavailableException"}""")]
    [InlineData("""{"status": 429, "code": "ThrottlingException"}""")]
    [InlineData("""{"status": 502, "body": "<html>Bad Gateway</html>"}""")]
    [InlineData("""{"drop": true}""")]
    public async Task A_call_is_repeated_with_the_same_token(string step)
    {
        await doubles.ScriptAsync($$"""{"CreateNodegroup": [{{step}}, {{step}}]}""");
        using var aws = AwsSession.Open(null, null);
        await aws.Eks.CreateNodegroupAsync(new CreateNodegroupRequest
        {
            ClusterName = "prod",
            NodegroupName = "kafka-a",
            NodeRole = "arn:aws:iam::1:role/n",
            Subnets = ["subnet-1"]
        });
        var log = await doubles.LogAsync();
        Assert.Equal(3, log.Length);
        Assert.True(Guid.TryParse(Token(log[0]), out _));
        Assert.Single(log.Select(Token).Distinct());
        if (!step.Contains("drop", StringComparison.Ordinal)) // .NET itself sends again what a kept connection lost
            Assert.Equal(["attempt=1; max=3", "attempt=2; max=3", "attempt=3; max=3"],
                log.Select(r => (string?)r["headers"]!["amz-sdk-request"]));
    }

    [Fact]
    public async Task Two_calls_have_two_tokens_and_a_given_one_is_kept()
    {
        using var aws = AwsSession.Open(null, null);
        CreateNodegroupRequest Request(string? token) => new()
        {
            ClusterName = "prod",
            NodegroupName = "kafka-a",
            NodeRole = "arn:aws:iam::1:role/n",
            Subnets = ["subnet-1"],
            ClientRequestToken = token
        };
        await aws.Eks.CreateNodegroupAsync(Request(null));
        await aws.Eks.CreateNodegroupAsync(Request(null));
        await aws.Eks.CreateNodegroupAsync(Request("mine"));
        var tokens = (await doubles.LogAsync()).Select(Token).ToList();
        Assert.NotEqual(tokens[0], tokens[1]);
        Assert.Equal("mine", tokens[2]);
    }

    [Theory]
    [InlineData(429, "ThrottlingException", "AwsThrottled", FailureKind.Unavailable, 3)]
    [InlineData(500, "ServerException", "AwsUnavailable", FailureKind.Unavailable, 3)]
    [InlineData(503, "ServiceUnavailableException", "AwsUnavailable", FailureKind.Unavailable, 3)]
    [InlineData(403, "AccessDeniedException", "AwsAccessDenied", FailureKind.Permission, 1)]
    [InlineData(403, "ExpiredTokenException", "AwsCredentialsExpired", FailureKind.Authentication, 1)]
    [InlineData(403, "UnrecognizedClientException", "AwsCredentialsRefused", FailureKind.Authentication, 1)]
    [InlineData(404, "ResourceNotFoundException", "EksObjectNotFound", FailureKind.NotFound, 1)]
    [InlineData(409, "ResourceInUseException", "EksInUse", FailureKind.Conflict, 1)]
    [InlineData(400, "ResourceLimitExceededException", "AwsLimitExceeded", FailureKind.Unavailable, 1)]
    [InlineData(400, "InvalidParameterException", "AwsRefused", FailureKind.InvalidData, 1)]
    [InlineData(400, "NewKindOfException", "AwsRefused", FailureKind.InvalidData, 1)]
    public async Task Each_error_has_its_id(int status, string code, string id, FailureKind kind, int attempts)
    {
        await doubles.ScriptAsync(
            $$"""{"DescribeNodegroup": [{"status": {{status}}, "code": "{{code}}", "message": "the words of AWS", "times": 0}]}""");
        var e = await FailAsync();
        Assert.Equal((id, kind), (e.Id, e.Kind));
        Assert.Contains("the words of AWS", e.Message, StringComparison.Ordinal);
        Assert.Equal(attempts, (await doubles.LogAsync()).Length);
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_told_with_those_that_are()
    {
        await doubles.ScriptAsync(
            """{"DescribeCluster": [{"status": 404, "code": "ResourceNotFoundException", "message": "No cluster found for name: prod."}, {"status": 404, "code": "ResourceNotFoundException", "message": "No cluster found for name: prod."}], "ListClusters": [{"output": {"clusters": ["test", "stage"]}}]}""");
        using var aws = AwsSession.Open(null, null);
        var e = await Assert.ThrowsAsync<ClusterException>(() => ConnectCluster.RunAsync(aws, "prod", default));
        Assert.Equal(("EksClusterNotFound", FailureKind.NotFound, "prod"), (e.Id, e.Kind, e.Target));
        Assert.Contains("There are: test, stage.", e.Message, StringComparison.Ordinal);
        var raw = await Assert.ThrowsAsync<ResourceNotFoundException>(
            () => aws.Eks.DescribeClusterAsync(new DescribeClusterRequest { Name = "prod" }));
        Assert.Equal("EksClusterNotFound", aws.Explain(raw, "prod")!.Id);
    }

    [Fact]
    public async Task A_cluster_that_is_being_made_has_nothing_to_connect_to()
    {
        await doubles.ScriptAsync(
            """{"DescribeCluster": [{"output": {"cluster": {"status": "CREATING", "endpoint": null, "certificateAuthority": null}}}]}""");
        using var aws = AwsSession.Open(null, null);
        var e = await Assert.ThrowsAsync<ClusterException>(() => ConnectCluster.RunAsync(aws, "prod", default));
        Assert.Equal("EksClusterNotReady", e.Id);
        Assert.Contains("CREATING", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_AWS_is_told()
    {
        await doubles.ScriptAsync(
            """{"DescribeNodegroup": [{"status": 404, "body": "<html>nginx</html>", "headers": {"Content-Type": "text/html"}}]}""");
        var e = await FailAsync();
        Assert.Equal(("AwsUnreachable", FailureKind.Connection), (e.Id, e.Kind));
        Assert.Contains("HTTP 404 is not AWS", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_told()
    {
        variables.Dispose();
        variables = AwsVariables.WithKeys(("AWS_ENDPOINT_URL", "http://127.0.0.1:1"));
        var e = await FailAsync();
        Assert.Equal(("AwsUnreachable", FailureKind.Connection), (e.Id, e.Kind));
        Assert.Contains("refused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_with_another_secret_is_refused()
    {
        variables.Dispose();
        variables = AwsVariables.WithKeys(("AWS_ENDPOINT_URL_EKS", doubles.Stub), ("AWS_SECRET_ACCESS_KEY", "another"));
        var e = await FailAsync();
        Assert.Equal(("AwsCredentialsRefused", FailureKind.Authentication), (e.Id, e.Kind));
        Assert.Contains("signature we calculated does not match", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("another", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_call_that_hangs()
    {
        await doubles.ScriptAsync("""{"DeleteNodegroup": [{"after": 30}]}""");
        using var aws = AwsSession.Open(null, null);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var e = await Assert.ThrowsAnyAsync<Exception>(() =>
            aws.Eks.DeleteNodegroupAsync(new DeleteNodegroupRequest { ClusterName = "prod", NodegroupName = "kafka-a" }, cancel.Token));
        Assert.IsAssignableFrom<OperationCanceledException>(e);
        Assert.Null(aws.Explain(e, "prod"));
    }

    private static string Token(JsonObject request) => (string)request["input"]!["clientRequestToken"]!;

    private static async Task<ClusterException> FailAsync()
    {
        using var aws = AwsSession.Open(null, null);
        var e = await Assert.ThrowsAnyAsync<Exception>(
            () => aws.Eks.DescribeNodegroupAsync(new DescribeNodegroupRequest { ClusterName = "prod", NodegroupName = "kafka-a" }));
        return aws.Explain(e, "prod") ?? throw new InvalidOperationException("nobody explains it", e);
    }
}
