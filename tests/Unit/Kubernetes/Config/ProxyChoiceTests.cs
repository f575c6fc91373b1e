using KafkaK8s.Core.Kubernetes.Config;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes.Config;

public sealed class ProxyChoiceTests
{
    [Theory]
    [InlineData("https://api.example:6443", "", true)]
    [InlineData("https://api.example:6443", "api.example", false)]
    [InlineData("https://api.example:6443", "example", false)]
    [InlineData("https://api.example:6443", ".example", false)]
    [InlineData("https://api.example:6443", "*.example", false)]
    [InlineData("https://api.example:6443", "ample", true)]
    [InlineData("https://example:6443", ".example", true)]
    [InlineData("https://api.example:6443", "api.example:443", true)]
    [InlineData("https://api.example:6443", "a.b, api.example:6443", false)]
    [InlineData("https://api.example:6443", "*", false)]
    [InlineData("https://10.1.2.3", "10.0.0.0/8", false)]
    [InlineData("https://10.1.2.3", "10.1.2.3", false)]
    [InlineData("https://10.1.2.3", "10.1.2.4,2.3", true)]
    [InlineData("https://[fd00::1]", "fd00::/8", false)]
    [InlineData("https://127.0.0.1:6443", "", false)] // Go: never by the environment
    [InlineData("https://localhost:6443", "", false)]
    public void No_proxy_is_read_as_Go_reads_it(string server, string exempt, bool proxied)
    {
        var proxy = ProxyChoice.FromEnvironment(new Uri(server),
            v => v switch { "HTTPS_PROXY" => "http://p:3128", "NO_PROXY" => exempt, _ => null });
        Assert.Equal(proxied, proxy is not null);
    }

    [Fact]
    public void The_scheme_chooses_the_variable_and_credentials_are_kept()
    {
        var server = new Uri("https://api.example");
        Assert.Null(ProxyChoice.FromEnvironment(server, v => v is "HTTP_PROXY" or "ALL_PROXY" ? "http://p:1" : null));
        var proxy = ProxyChoice.FromEnvironment(server, v => v == "https_proxy" ? "us%40er:pa%3Ass@p:1" : null)!;
        Assert.Equal("http://p:1/", proxy.GetProxy(server)!.ToString());
        var credentials = proxy.Credentials!.GetCredential(server, "Basic")!;
        Assert.Equal(("us@er", "pa:ss"), (credentials.UserName, credentials.Password));
        Assert.Equal("http://p:2/", ProxyChoice.FromEnvironment(new Uri("http://api.example"),
            v => v == "HTTP_PROXY" ? "http://p:2" : null)!.GetProxy(new Uri("http://api.example"))!.ToString());
    }
}
