using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>What the kubeconfig files that apply say together.</summary>
/// <param name="Files">Absolute paths of the files, in their order; also those that do not exist.</param>
/// <param name="CurrentContext">Name of the current context; empty where none is chosen.</param>
/// <param name="Contexts">The contexts.</param>
/// <param name="Clusters">The clusters.</param>
/// <param name="Users">The users.</param>
internal sealed record KubeConfig(
    IReadOnlyList<string> Files, string CurrentContext, IReadOnlyList<KubeContext> Contexts, IReadOnlyList<KubeCluster> Clusters,
    IReadOnlyList<KubeUser> Users)
{
    /// <summary>The files as one text, as the variable KUBECONFIG has it.</summary>
    public string Path => string.Join(System.IO.Path.PathSeparator, Files);

    /// <summary>Whether there is nothing in it to connect by.</summary>
    public bool IsEmpty => Contexts.Count == 0 && Clusters.Count == 0 && Users.Count == 0 && CurrentContext.Length == 0;
}

/// <summary>A pair of cluster and user, with a namespace.</summary>
internal sealed record KubeContext(string Name, string Cluster, string User, string Namespace);

/// <summary>How a server is reached and known. Texts that the file does not have are empty.</summary>
internal sealed record KubeCluster(string Name)
{
    public string Server { get; init; } = "";

    public string TlsServerName { get; init; } = "";

    public bool InsecureSkipTlsVerify { get; init; }

    public string CertificateAuthority { get; init; } = "";

    public byte[] CertificateAuthorityData { get; init; } = [];

    public string ProxyUrl { get; init; } = "";

    public bool DisableCompression { get; init; }

    /// <summary>The extension that exec plugins are given as their own configuration.</summary>
    public JsonNode? ExecExtension { get; init; }
}

/// <summary>Who asks. Texts that the file does not have are empty.</summary>
internal sealed record KubeUser(string Name)
{
    public string ClientCertificate { get; init; } = "";

    public byte[] ClientCertificateData { get; init; } = [];

    public string ClientKey { get; init; } = "";

    public byte[] ClientKeyData { get; init; } = [];

    public string Token { get; init; } = "";

    public string TokenFile { get; init; } = "";

    public string As { get; init; } = "";

    public string AsUid { get; init; } = "";

    public IReadOnlyList<string> AsGroups { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> AsUserExtra { get; init; } = [];

    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    public AuthProvider? AuthProvider { get; init; }

    public ExecPlugin? Exec { get; init; }
}

/// <summary>A login that client-go had built in once; only oidc with a token that is still good can be used.</summary>
internal sealed record AuthProvider(string Name, string IdToken);

/// <summary>A program that gives a credential.</summary>
/// <param name="ApiVersion">Version of ExecCredential that it speaks.</param>
/// <param name="Command">The program: an absolute path, or a name for PATH.</param>
/// <param name="Args">Its arguments.</param>
/// <param name="Env">Variables that it gets beside ours.</param>
/// <param name="InteractiveMode">Whether it wants standard input.</param>
/// <param name="InstallHint">What to tell where it is missing.</param>
/// <param name="ProvideClusterInfo">Whether it is told of the cluster.</param>
internal sealed record ExecPlugin(
    string ApiVersion, string Command, IReadOnlyList<string> Args, IReadOnlyList<KeyValuePair<string, string>> Env, string InteractiveMode,
    string InstallHint, bool ProvideClusterInfo);
