using System.Security.Cryptography;
using System.Text;
using Amazon.EKS.Model;
using KafkaK8s.Core;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>Where credentials come from, each way against a service that plays its part; the stub checks what is signed with
/// them.</summary>
[Collection(DoublesCollection.Name)]
public sealed class CredentialTests(Doubles doubles) : IAsyncLifetime
{
    public Task InitializeAsync() => doubles.ResetAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Variables()
    {
        using var variables = AwsVariables.WithKeys(("AWS_ENDPOINT_URL_EKS", doubles.Stub), ("AWS_SESSION_TOKEN", "session"));
        await CallAsync(null);
        Assert.Equal("session", (string?)(await doubles.LogAsync())[0]["headers"]!["x-amz-security-token"]);
    }

    [Theory]
    [InlineData("work", null, null)]
    [InlineData(null, "work", null)]
    [InlineData(null, null, "default")]
    public async Task Profile_by_parameter_by_variable_and_by_default(string? parameter, string? variable, string? name)
    {
        AwsVariables.WriteCredentials($"[{name ?? "work"}]\naws_access_key_id = {Doubles.Key}\naws_secret_access_key = {Doubles.Secret}\n");
        using var variables = new AwsVariables(("AWS_PROFILE", variable), ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL_EKS", doubles.Stub));
        await CallAsync(parameter);
        Assert.Contains(name ?? "work", AwsProfiles.Names());
    }

    [Fact]
    public async Task Profile_by_parameter_goes_before_variables_with_keys()
    {
        AwsVariables.WriteCredentials($"[work]\naws_access_key_id = {Doubles.Key}\naws_secret_access_key = {Doubles.Secret}\n");
        using var variables = AwsVariables.WithKeys(("AWS_ENDPOINT_URL_EKS", doubles.Stub), ("AWS_ACCESS_KEY_ID", "AKIAOTHER"));
        await CallAsync("work");
    }

    [Fact]
    public async Task Program_of_a_profile()
    {
        string json = $$"""{"Version": 1, "AccessKeyId": "{{Doubles.Key}}", "SecretAccessKey": "{{Doubles.Secret}}"}""";
        AwsVariables.WriteConfig($"[profile work]\ncredential_process = /bin/cat {AwsVariables.Write("keys.json", json)}\n");
        using var variables = new AwsVariables(("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_EKS", doubles.Stub));
        await CallAsync("work");
    }

    [Theory]
    [InlineData("work", null)]
    [InlineData(null, "work")]
    public async Task A_profile_that_wants_a_code_names_the_way_out(string? parameter, string? variable)
    {
        AwsVariables.WriteConfig(
            "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = b\n[profile work]\nrole_arn = "
                + "arn:aws:iam::123456789012:role/r\nsource_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/jo\n");
        using var variables = new AwsVariables(("AWS_PROFILE", variable), ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL_EKS", doubles.Stub));
        var e = await FailAsync(parameter);
        Assert.Equal(("AwsMfaNeeded", FailureKind.Authentication), (e.Id, e.Kind));
        Assert.Contains(
            "aws sts assume-role --role-arn arn:aws:iam::123456789012:role/r --role-session-name kafkak8s --serial-number "
                + "arn:aws:iam::123456789012:mfa/jo --profile base --token-code CODE", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container()
    {
        using var container = new HttpDouble((path, request) => request.Headers["Authorization"] == "pod-identity"
            ? $$"""{"AccessKeyId": "{{Doubles.Key}}", "SecretAccessKey": "{{Doubles.Secret}}", "Token": "from-container", "Expiration": "2099-01-01T00:00:00Z"}""" : null);
        string token = AwsVariables.Write("token", "pod-identity");
        using var variables = new AwsVariables(("AWS_CONTAINER_CREDENTIALS_FULL_URI", container.Address + "/v1/credentials"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token), ("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_EKS", doubles.Stub));
        await CallAsync(null);
        Assert.Equal("from-container", (string?)(await doubles.LogAsync())[0]["headers"]!["x-amz-security-token"]);
    }

    [Theory]
    [InlineData("work", "AssumeRole")]
    [InlineData(null, "AssumeRoleWithWebIdentity")]
    public async Task Role_of_a_profile_and_of_a_web_identity(string? profile, string action)
    {
        string asked = "";
        using var sts = new HttpDouble((_, request) =>
        {
            asked = new StreamReader(request.InputStream).ReadToEnd();
            return $"""
                <{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials><AccessKeyId>{Doubles.Key}</AccessKeyId><SecretAccessKey>{Doubles.Secret}</SecretAccessKey>
                <SessionToken>of-role</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser></{action}Result></{action}Response>
                """;
        });
        AwsVariables.WriteConfig(
            "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = b\n[profile work]\nrole_arn = "
                + "arn:aws:iam::123456789012:role/r\nsource_profile = base\n");
        using var variables = new AwsVariables(("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_STS", sts.Address),
            ("AWS_ENDPOINT_URL_EKS", doubles.Stub),
            ("AWS_ROLE_ARN", profile is null ? "arn:aws:iam::123456789012:role/r" : null),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", profile is null ? AwsVariables.Write("jwt", "the.web.token") : null));
        await CallAsync(profile);
        Assert.Contains($"Action={action}&", asked, StringComparison.Ordinal);
        Assert.Equal("of-role", (string?)(await doubles.LogAsync())[0]["headers"]!["x-amz-security-token"]);
    }

    [Fact]
    public async Task Single_sign_on_with_a_login()
    {
        using var portal = new HttpDouble((path, request) =>
            path.StartsWith("/federation/credentials", StringComparison.Ordinal) && request.Headers["x-amz-sso_bearer_token"] == "good"
            ? $$"""{"roleCredentials": {"accessKeyId": "{{Doubles.Key}}", "secretAccessKey": "{{Doubles.Secret}}", "sessionToken": "of-sso", "expiration": 4070908800000} }""" : null);
        Sso();
        WriteLogin("my-sso", "good", "2099-01-01T00:00:00Z");
        using var variables = new AwsVariables(("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_SSO", portal.Address),
            ("AWS_ENDPOINT_URL_EKS", doubles.Stub));
        await CallAsync("work");
        Assert.Equal("of-sso", (string?)(await doubles.LogAsync())[0]["headers"]!["x-amz-security-token"]);
    }

    [Theory]
    [InlineData("work", null)]
    [InlineData(null, "work")]
    [InlineData("role", null)]
    public async Task Single_sign_on_without_a_login_says_what_to_run(string? parameter, string? variable)
    {
        Sso();
        if (Directory.Exists(Path.GetDirectoryName(LoginFile("my-sso"))))
            File.Delete(LoginFile("my-sso"));
        using var variables = new AwsVariables(("AWS_PROFILE", variable), ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"));
        var e = await FailAsync(parameter);
        Assert.Equal(("AwsLoginNeeded", FailureKind.Authentication), (e.Id, e.Kind));
        Assert.Contains("Run 'aws sso login --profile work'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Single_sign_on_with_a_login_that_was_ended_says_what_to_run()
    {
        using var portal = new HttpDouble((_, _) => null, 401,
            """{"__type": "UnauthorizedException", "message": "Session token not found or invalid"}""");
        Sso();
        WriteLogin("my-sso", "ended", "2099-01-01T00:00:00Z");
        using var variables = new AwsVariables(("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_SSO", portal.Address),
            ("AWS_ENDPOINT_URL_EKS", doubles.Stub));
        var e = await FailAsync("work");
        Assert.Equal("AwsLoginNeeded", e.Id);
    }

    [Fact]
    public async Task None_at_all_is_told()
    {
        using var variables = new AwsVariables(("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_EKS", doubles.Stub));
        var e = await FailAsync(null);
        Assert.Equal(("AwsCredentialsMissing", FailureKind.Authentication), (e.Id, e.Kind));
        Assert.Empty(await doubles.LogAsync());
    }

    [Theory]
    [InlineData("absent", null)]
    [InlineData(null, "absent")]
    public async Task A_profile_that_is_not_there_is_told_with_those_that_are(string? parameter, string? variable)
    {
        Sso();
        using var variables = new AwsVariables(("AWS_PROFILE", variable), ("AWS_REGION", "eu-central-1"));
        var e = await FailAsync(parameter);
        Assert.Equal(("AwsProfileNotFound", FailureKind.NotFound, "absent"), (e.Id, e.Kind, e.Target));
        Assert.Contains("work", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_without_credentials_is_told()
    {
        AwsVariables.WriteConfig("[profile bare]\nregion = eu-central-1\n");
        using var variables = new AwsVariables();
        Assert.Equal("AwsCredentialsMissing", (await FailAsync("bare")).Id);
    }

    private static void Sso() => AwsVariables.WriteConfig("""
        [sso-session my-sso]
        sso_region = eu-central-1
        sso_start_url = https://example.awsapps.com/start
        sso_registration_scopes = sso:account:access
        [profile work]
        sso_session = my-sso
        sso_account_id = 123456789012
        sso_role_name = Admin
        [profile role]
        role_arn = arn:aws:iam::123456789012:role/r
        source_profile = work

        """);

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "AWS's name of the file")]
    private static string LoginFile(string session) => Path.Combine(AwsVariables.Home, ".aws", "sso", "cache",
        Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(session))) + ".json");

    private static void WriteLogin(string session, string token, string until)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(LoginFile(session))!);
        File.WriteAllText(LoginFile(session),
            $$"""{"startUrl": "https://example.awsapps.com/start", "region": "eu-central-1", "accessToken": "{{token}}", "expiresAt": "{{until}}"}""");
    }

    private static async Task CallAsync(string? profile)
    {
        using var aws = AwsSession.Open(null, profile);
        await aws.Eks.ListClustersAsync(new ListClustersRequest());
    }

    private static async Task<ClusterException> FailAsync(string? profile)
    {
        AwsSession? aws = null;
        try
        {
            aws = AwsSession.Open(null, profile);
            await aws.Eks.ListClustersAsync(new ListClustersRequest());
        }
        catch (ClusterException e)
        {
            return e;
        }
        catch (Exception e) when (aws?.Explain(e, null) is { } explained)
        {
            return explained;
        }
        finally
        {
            aws?.Dispose();
        }

        throw new InvalidOperationException("it did not fail");
    }
}
