using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using KafkaK8s.Core;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>The token, against botocore's own signer, and its renewal.</summary>
[Collection(DoublesCollection.Name)]
public sealed class TokenTests(Doubles doubles)
{
    [Theory]
    [InlineData("eu-central-1", "sts.eu-central-1.amazonaws.com", null, "prod")]
    [InlineData("eu-central-1", "sts.eu-central-1.amazonaws.com", "IQoJb3JpZ2luX2Vj/+ab==", "prod")]
    [InlineData("us-east-1", "sts.us-east-1.amazonaws.com", null, "a-long_Name-1")]
    [InlineData("cn-north-1", "sts.cn-north-1.amazonaws.com.cn", "x y&z", "prod")]
    public async Task Is_what_botocore_signs(string region, string host, string? session, string cluster)
    {
        using var variables = AwsVariables.WithKeys();
        using var aws = AwsSession.Open(region, null);
        var credentials = session is null ? new ImmutableCredentials(Doubles.Key, Doubles.Secret, null)
            : new ImmutableCredentials(Doubles.Key, Doubles.Secret, session);
        string ours = Url(EksToken.Sign(credentials, aws.StsConfig, region, cluster, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)));

        var signer = doubles.Start("signatures.py");
        await signer.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new
        {
            key = Doubles.Key,
            secret = Doubles.Secret,
            token = session,
            region,
            host,
            cluster,
            time = "20260102T030405Z"
        }));
        await signer.StandardInput.FlushAsync();
        string theirs = (string)JsonNode.Parse((await signer.StandardOutput.ReadLineAsync())!)!["url"]!;

        Assert.Equal(host, new Uri(ours).Host);
        Assert.Equal(Query(theirs), Query(ours)); // the signature is one of them
        Assert.Equal("host;x-k8s-aws-id", Query(ours)["X-Amz-SignedHeaders"]);
    }

    [Fact]
    public async Task Is_kept_for_fourteen_minutes_and_no_longer()
    {
        using var variables = AwsVariables.WithKeys();
        using var aws = AwsSession.Open(null, null);
        var clock = new Clock();
        using var token = new EksToken(aws, "prod", clock);
        string first = await Header(token);
        clock.Now += TimeSpan.FromSeconds(13 * 60 + 59);
        Assert.Equal(first, await Header(token));
        clock.Now += TimeSpan.FromSeconds(1);
        string second = await Header(token);
        Assert.NotEqual(first, second);
        Assert.Equal(clock.Now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture),
            Query(Url(second["Bearer ".Length..]))["X-Amz-Date"]);
    }

    [Fact]
    public async Task Dies_with_the_credentials_that_signed_it()
    {
        int number = 0;
        using var container = new HttpDouble(
            (_, _) =>
            $$"""{"AccessKeyId": "AKIA{{++number}}", "SecretAccessKey": "s", "Token": "t", "Expiration": "{{DateTime.UtcNow.AddSeconds(1):o}}"}""");
        using var variables = new AwsVariables(("AWS_CONTAINER_CREDENTIALS_FULL_URI", container.Address + "/"),
            ("AWS_REGION", "eu-central-1"));
        using var aws = AwsSession.Open(null, null);
        using var token = new EksToken(aws, "prod", new Clock());
        string first = Query(Url((await Header(token))["Bearer ".Length..]))["X-Amz-Credential"];
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        string second = Query(Url((await Header(token))["Bearer ".Length..]))["X-Amz-Credential"];
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Without_credentials_it_says_so()
    {
        AwsVariables.WriteConfig(
            "[profile work]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-central-1\nsso_account_id = "
                + "1\nsso_role_name = r\n");
        using var variables = new AwsVariables(("AWS_REGION", "eu-central-1"));
        using var aws = AwsSession.Open(null, "work");
        using var token = new EksToken(aws, "prod", new Clock());
        Assert.Equal("AwsLoginNeeded", (await Assert.ThrowsAsync<ClusterException>(() => Header(token))).Id);
    }

    private static async Task<string> Header(EksToken token) => (await token.GetAuthenticationHeaderAsync(default)).ToString();

    private static string Url(string token)
    {
        Assert.StartsWith("k8s-aws-v1.", token, StringComparison.Ordinal);
        Assert.DoesNotContain("=", token, StringComparison.Ordinal);
        string base64 = token["k8s-aws-v1.".Length..].Replace('-', '+').Replace('_', '/');
        return Encoding.UTF8.GetString(Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '=')));
    }

    private static SortedDictionary<string, string> Query(string url) =>
        new(new Uri(url).Query.TrimStart('?').Split('&').Select(p => p.Split('=', 2)).ToDictionary(p => p[0],
            p => Uri.UnescapeDataString(p[1])), StringComparer.Ordinal);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
