using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Kubernetes.Config;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Security;

/// <summary>What the operator shows to brokers, and by whom the brokers have to be signed: the Secret that no pod mounts.</summary>
internal sealed class OperatorIdentity
{
    private readonly SslStreamCertificateContext own;
    private readonly ServerTrust trust;

    private OperatorIdentity(SslStreamCertificateContext own, ServerTrust trust)
    {
        this.own = own;
        this.trust = trust;
    }

    /// <summary>Reads it from the Secret of a cluster. Who may not read that Secret has no business with the brokers.</summary>
    /// <exception cref="ClusterException"><c>OperatorCertificateMissing</c>, <c>OperatorCertificateUnusable</c>, or the API server's
    /// own.</exception>
    public static async Task<OperatorIdentity> ReadAsync(KubeConnection connection, string ns, ClusterNames names, CancellationToken cancel)
    {
        string name = names.Prefixed(ClusterCertificates.Operator);
        var secret = await connection.TryGetAsync(ResourceKind.Secret, ns, name, cancel).ConfigureAwait(false)
            ?? throw new ClusterException("OperatorCertificateMissing", FailureKind.NotFound, name,
                $"The brokers of {names.Cluster} want a certificate, and the Secret {name} of the namespace {ns} that has the operator's "
                + $"is "
                + $"not there. Set-KafkaCluster {names.Cluster} makes it again.");
        return Of(secret);
    }

    /// <summary>The identity in a Secret. Pure.</summary>
    /// <exception cref="ClusterException"><c>OperatorCertificateUnusable</c>.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope",
        Justification = "TLS uses the key for as long as the identity is used; it goes with it.")]
    public static OperatorIdentity Of(JsonObject secret)
    {
        byte[] store = Value(ClusterCertificates.KeyStore);
        try
        {
            return new OperatorIdentity(ClientCertificate.Read(store, store, "operator").Context,
                ServerTrust.Only(Value(ClusterCertificates.Trust), ClusterCertificates.Trust));
        }
        catch (FormatException e)
        {
            throw Unusable(e.Message.TrimEnd('.'), e);
        }

        byte[] Value(string key)
        {
            try
            {
                return Convert.FromBase64String((string?)secret["data"]?[key] ?? throw Unusable($"it has no {key}", null));
            }
            catch (FormatException e)
            {
                throw Unusable($"{key} is no base64", e);
            }
        }

        ClusterException Unusable(string why, Exception? inner) => new("OperatorCertificateUnusable", FailureKind.InvalidData,
            secret.Name(), $"The Secret {secret.Name()} is of no use: {why}. Delete it; Set-KafkaCluster makes it again.", inner);
    }

    /// <summary>TLS to a server of that name.</summary>
    public SslClientAuthenticationOptions For(string host)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host, ClientCertificateContext = own };
        trust.Apply(options);
        return options;
    }
}
