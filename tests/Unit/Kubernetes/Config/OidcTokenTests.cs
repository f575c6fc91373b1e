using System.Buffers.Text;
using System.Text;
using KafkaK8s.Core.Kubernetes.Config;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes.Config;

/// <summary>An id-token of oidc is sent while it is good, and nothing else is.</summary>
public sealed class OidcTokenTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("oidc", 3600, null)]
    [InlineData("oidc", 15, null)]
    [InlineData("oidc", 5, "is expired")] // it would be by the time that it arrives
    [InlineData("oidc", -3600, "is expired")]
    [InlineData("gcp", 3600, "auth-provider 'gcp'")]
    public void It_is_sent_until_it_expires(string provider, int seconds, string? words)
    {
        string token = Token($$"""{"exp":{{Now.AddSeconds(seconds).ToUnixTimeSeconds()}}}""");
        if (words is null)
            Assert.Equal(token, Check(provider, token));
        else
            Assert.Contains(words, Assert.Throws<FormatException>(() => Check(provider, token)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "has no id-token")]
    [InlineData("opaque", "no token")]
    [InlineData("a.!.c", "no token")]
    [InlineData("{}", "no token")] // when it expires is not said
    [InlineData("""{"exp":"soon"}""", "no token")]
    [InlineData("""{"exp":1e300}""", "no token")]
    public void What_is_no_token_is_refused_without_showing_it(string token, string words)
    {
        string given = token.StartsWith('{') ? Token(token) : token;
        string message = Assert.Throws<FormatException>(() => Check("oidc", given)).Message;
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.True(given.Length == 0 || !message.Contains(given, StringComparison.Ordinal));
    }

    private static string Check(string provider, string token) =>
        OidcToken.Check(new AuthProvider(provider, token), "u", new FakeTimeProvider(Now));

    private static string Token(string payload) => $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.c2ln";
}
