using System.Globalization;
using System.Net;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>
/// The proxy on the way to a server: that of the kubeconfig, else what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say, by Go's rules
/// (golang.org/x/net/http/httpproxy), which differ from .NET's: networks in NO_PROXY count, ALL_PROXY does not, and a loopback
/// address is never behind a proxy of the environment.
/// </summary>
internal static class ProxyChoice
{
    /// <summary>Variables that have a say.</summary>
    public static readonly IReadOnlyList<string> Variables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY",
        "no_proxy"];

    /// <summary>The proxy that a kubeconfig names.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IWebProxy Named(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https" or "socks5")
            || address.Host.Length == 0)
            throw new FormatException("proxy-url is no address of a proxy (http, https or socks5).");
        return At(address);
    }

    /// <summary>The proxy that the variables name for a server; null for none.</summary>
    public static IWebProxy? FromEnvironment(Uri server, Func<string, string?> variable)
    {
        string First(string name) => variable(name) is { Length: > 0 } upper ? upper : variable(name.ToLowerInvariant()) ?? "";
        string url = First(server.Scheme == "https" ? "HTTPS_PROXY" : "HTTP_PROXY");
        if (url.Length == 0 || IsExempt(server, First("NO_PROXY")))
            return null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Host.Length == 0)
            Uri.TryCreate("http://" + url, UriKind.Absolute, out address);
        return address?.Scheme is "http" or "https" or "socks5" or "socks5h"
            ? At(address)
            : throw new FormatException(
                $"the variable {(server.Scheme == "https" ? "HTTPS_PROXY" : "HTTP_PROXY")} is no address of a proxy.");
    }

    private static WebProxy At(Uri address)
    {
        var proxy = new WebProxy(
            new UriBuilder(address) { UserName = "", Password = "", Scheme = address.Scheme == "socks5h" ? "socks5" : address.Scheme }.Uri);
        if (address.UserInfo.Length > 0)
        {
            string[] parts = address.UserInfo.Split(':', 2);
            proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]),
                parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }

        return proxy;
    }

    private static bool IsExempt(Uri server, string list)
    {
        string host = server.DnsSafeHost.TrimEnd('.').ToLowerInvariant();
        bool isAddress = IPAddress.TryParse(host, out var address);
        return host == "localhost" || (isAddress && IPAddress.IsLoopback(address!))
            || list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Any(rule => Matches(rule.ToLowerInvariant(), host, address, server.Port));
    }

    private static bool Matches(string rule, string host, IPAddress? address, int port)
    {
        if (rule == "*")
            return true;
        if (IPNetwork.TryParse(rule, out var network))
            return address is not null && network.Contains(address);
        if (IPAddress.TryParse(rule, out var single))
            return single.Equals(address);
        if (rule.LastIndexOf(':') is > 0 and var colon
            && int.TryParse(rule.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int only))
            return only == port && Matches(rule[..colon].Trim('[', ']'), host, address, port);
        if (address is not null)
            return false;
        string name = rule.StartsWith("*.", StringComparison.Ordinal) ? rule[1..] : rule;
        return name.StartsWith('.') ? host.EndsWith(name, StringComparison.Ordinal)
            : host == name || host.EndsWith("." + name, StringComparison.Ordinal);
    }
}
