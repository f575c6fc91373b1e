using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>All that a connection needs to know: which server, whom to trust, by which way, and as whom.</summary>
/// <param name="Server">Address of the API server, with its path; ends in a slash.</param>
/// <param name="Trust">Whether a server is the right one.</param>
/// <param name="Credentials">Who asks.</param>
internal sealed record ServerAccess(Uri Server, ServerTrust Trust, ICredentialSource Credentials)
{
    /// <summary>Name that the server's certificate is made for, where it is not the host's.</summary>
    public string TlsServerName { get; init; } = "";

    /// <summary>The proxy on the way; null for none.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>Whether the server may compress its answers.</summary>
    public bool Compressed { get; init; } = true;

    /// <summary>Headers that say in whose name the user acts.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Impersonation { get; init; } = [];

    /// <summary>Whether the way is encrypted: nothing else carries credentials.</summary>
    public bool IsTls => Server.Scheme == "https";

    /// <summary>What a cluster and a user of a kubeconfig mean together.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="user">The user; null for nobody.</param>
    /// <param name="folder">Folder that exec plugins run in.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="FormatException">They cannot be used; the message names the field.</exception>
    public static ServerAccess Of(KubeCluster cluster, KubeUser? user, string folder, TimeProvider clock)
    {
        user ??= new KubeUser("");
        Check(cluster);
        Check(user);
        var server = ParseServer(cluster);
        var trust = TrustOf(cluster);
        var proxy = cluster.ProxyUrl.Length > 0 ? ProxyChoice.Named(cluster.ProxyUrl)
            : ProxyChoice.FromEnvironment(server, Environment.GetEnvironmentVariable);
        return new ServerAccess(server, trust,
            server.Scheme == "https" ? CredentialsOf(cluster, user, proxy, server, folder, clock) : new FixedCredential(Credential.None))
        {
            TlsServerName = server.Scheme == "https" ? cluster.TlsServerName : "",
            Proxy = proxy,
            Compressed = !cluster.DisableCompression,
            Impersonation = [.. ImpersonationOf(user)],
        };
    }

    private static void Check(KubeCluster c)
    {
        if (c.CertificateAuthority.Length > 0 && c.CertificateAuthorityData.Length > 0)
            throw new FormatException($"the cluster '{c.Name}' has both certificate-authority and certificate-authority-data.");
        if (c.InsecureSkipTlsVerify && (c.CertificateAuthority.Length > 0 || c.CertificateAuthorityData.Length > 0))
            throw new FormatException($"the cluster '{c.Name}' has both insecure-skip-tls-verify and a certificate authority.");
    }

    private static void Check(KubeUser u)
    {
        bool certificate = u.ClientCertificate.Length > 0 || u.ClientCertificateData.Length > 0;
        bool basic = u.Username.Length > 0 || u.Password.Length > 0;
        if (u.ClientCertificate.Length > 0 && u.ClientCertificateData.Length > 0)
            throw new FormatException($"the user '{u.Name}' has both client-certificate and client-certificate-data.");
        if (certificate && u.ClientKey.Length > 0 && u.ClientKeyData.Length > 0)
            throw new FormatException($"the user '{u.Name}' has both client-key and client-key-data.");
        if (certificate && u.ClientKey.Length == 0 && u.ClientKeyData.Length == 0)
            throw new FormatException($"the user '{u.Name}' has client-certificate but no client-key.");
        if (basic && (u.Token.Length > 0 || u.TokenFile.Length > 0))
            throw new FormatException($"the user '{u.Name}' has both a token and username or password.");
        if (u.Exec is not null && u.AuthProvider is not null)
            throw new FormatException($"the user '{u.Name}' has both exec and auth-provider.");
        if (u.As.Length == 0 && (u.AsUid.Length > 0 || u.AsGroups.Count > 0 || u.AsUserExtra.Count > 0))
            throw new FormatException($"the user '{u.Name}' has as-uid, as-groups or as-user-extra without as.");
        // .NET joins the values of one header to one, which would be a group of another name.
        if (u.AsGroups.Count > 1 || u.AsUserExtra.GroupBy(e => e.Key, StringComparer.OrdinalIgnoreCase).Any(g => g.Count() > 1))
            throw new FormatException(
                $"the user '{u.Name}' has more than one group in as-groups, or more than one value for a key of as-user-extra, which "
                    + $"cannot be sent from here.");
        var headers = new[] { ("token", u.Token), ("as", u.As), ("as-uid", u.AsUid) }
            .Concat(u.AsGroups.Select(g => ("as-groups", g))).Concat(u.AsUserExtra.Select(e => ("as-user-extra", e.Value)));
        foreach (var (field, value) in headers)
        {
            if (value.Any(char.IsControl))
                throw new FormatException($"{field} of the user '{u.Name}' has characters that no header may have.");
        }
    }

    // client-go takes what has no scheme for http, where there is nothing to tell otherwise.
    private static Uri ParseServer(KubeCluster cluster)
    {
        string text = cluster.Server;
        if (text.Length == 0)
            throw new FormatException($"the cluster '{cluster.Name}' has no server.");
        bool plain = !text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(plain ? "http://" + text : text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
            || uri.Host.Length == 0 || (plain && uri.AbsolutePath != "/"))
            throw new FormatException($"server of the cluster '{cluster.Name}' is no address (https://host:port, or host:port): '{text}'.");
        if (uri.UserInfo.Length > 0)
            throw new FormatException($"server of the cluster '{cluster.Name}' holds a user name: give username and password of the user.");
        return new Uri($"{uri.GetLeftPart(UriPartial.Authority)}{uri.AbsolutePath.TrimEnd('/')}/");
    }

    private static ServerTrust TrustOf(KubeCluster c)
    {
        if (c.InsecureSkipTlsVerify)
            return ServerTrust.Anybody;
        byte[] authority = c.CertificateAuthorityData.Length > 0 || c.CertificateAuthority.Length == 0 ? c.CertificateAuthorityData
            : ReadFile(c.CertificateAuthority, "certificate-authority");
        return c.CertificateAuthority.Length == 0 && authority.Length == 0
            ? ServerTrust.System
            : ServerTrust.Only(authority, c.CertificateAuthority.Length > 0 ? $"certificate-authority {c.CertificateAuthority}"
                : $"certificate-authority-data of the cluster '{c.Name}'");
    }

    // client-go asks a plugin or a provider only where nothing else says who the user is.
    private static ICredentialSource CredentialsOf(KubeCluster cluster, KubeUser user, IWebProxy? proxy, Uri server, string folder,
        TimeProvider clock)
    {
        var certificate = user.ClientCertificate.Length > 0 || user.ClientCertificateData.Length > 0
            ? ClientCertificate.Read(
                user.ClientCertificateData.Length > 0 ? user.ClientCertificateData : ReadFile(user.ClientCertificate, "client-certificate"),
                user.ClientKeyData.Length > 0 ? user.ClientKeyData : ReadFile(user.ClientKey, "client-key"),
                $"user '{user.Name}'")
            : null;
        if (user.TokenFile.Length > 0)
            return new TokenFile(user.TokenFile, user.Token, certificate, clock);
        if (user.Token.Length > 0)
            return new FixedCredential(new Credential(Authorization.Bearer(user.Token), certificate));
        if (user.Username.Length > 0 || user.Password.Length > 0)
            return new FixedCredential(new Credential(Authorization.Basic(user.Username, user.Password), certificate));
        if (user.AuthProvider is { } provider)
            return new FixedCredential(new Credential(Authorization.Bearer(OidcToken.Check(provider, user.Name, clock)), certificate));
        if (certificate is not null || user.Exec is null)
            return new FixedCredential(new Credential(null, certificate));
        return ExecCredentials.For(user.Exec, ClusterInfo(cluster, proxy, server), user.Name, folder, clock);
    }

    private static JsonObject ClusterInfo(KubeCluster cluster, IWebProxy? proxy, Uri server)
    {
        var info = new JsonObject { ["server"] = cluster.Server };
        if (cluster.TlsServerName.Length > 0)
            info["tls-server-name"] = cluster.TlsServerName;
        if (cluster.InsecureSkipTlsVerify)
            info["insecure-skip-tls-verify"] = true;
        byte[] authority = cluster.CertificateAuthority.Length > 0 ? ReadFile(cluster.CertificateAuthority, "certificate-authority")
            : cluster.CertificateAuthorityData;
        if (authority.Length > 0)
            info["certificate-authority-data"] = Convert.ToBase64String(authority);
        if (proxy is not null)
            info["proxy-url"] = cluster.ProxyUrl.Length > 0 ? cluster.ProxyUrl : proxy.GetProxy(server)?.ToString().TrimEnd('/');
        if (cluster.DisableCompression)
            info["disable-compression"] = true;
        if (cluster.ExecExtension is not null)
            info["config"] = cluster.ExecExtension.DeepClone();
        return info;
    }

    private static IEnumerable<KeyValuePair<string, string>> ImpersonationOf(KubeUser user)
    {
        if (user.As.Length == 0)
            yield break;
        yield return new("Impersonate-User", user.As);
        if (user.AsUid.Length > 0)
            yield return new("Impersonate-Uid", user.AsUid);
        foreach (string group in user.AsGroups)
            yield return new("Impersonate-Group", group);
        foreach (var (key, value) in user.AsUserExtra)
            yield return new("Impersonate-Extra-" + EscapeKey(key), value);
    }

    // client-go, transport/round_trippers.go: what a header's name may not have, and the percent sign, go as %XX.
    private static string EscapeKey(string key) =>
        string.Concat(Encoding.UTF8.GetBytes(key).Select(b => char.IsAsciiLetterOrDigit((char)b)
            || "!#$&'*+-.^_`|~".Contains((char)b, StringComparison.Ordinal) ? ((char)b).ToString() : $"%{b:X2}"));

    private static byte[] ReadFile(string path, string field)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{field} {path} cannot be read: {e.Message}", e);
        }
    }
}
