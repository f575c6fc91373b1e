using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Spec;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>The credential that may change the ensemble's membership: random for each cluster, kept in a Secret, never shown.</summary>
internal static class ReconfigCredential
{
    private const string User = "super";

    /// <summary>A Secret with a fresh password, and the digest of it that ZooKeeper servers are started with.</summary>
    public static JsonObject NewSecret(ClusterNames names)
    {
        string password = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject
            {
                ["name"] = names.ReconfigSecret,
                ["labels"] = new JsonObject
                {
                    [ClusterNames.NameLabel] = ClusterNames.ZooKeeperApp,
                    [ClusterNames.InstanceLabel] = names.Cluster,
                    [ClusterNames.PartOfLabel] = ClusterNames.PartOf,
                },
            },
            ["type"] = "Opaque",
            ["data"] = new JsonObject { ["password"] = Base64(password), ["superDigest"] = Base64(Digest(password)) },
        };
    }

    /// <summary>The digest as the property <c>zookeeper.DigestAuthenticationProvider.superDigest</c> wants it.</summary>
    /// <remarks>Source: ZooKeeper Administrator's Guide, "Authentication &amp; Authorization Options".</remarks>
    public static string Digest(string password)
    {
#pragma warning disable CA5350 // ZooKeeper's digest scheme is SHA-1; the password has 192 random bits.
        byte[] hash = SHA1.HashData(Encoding.UTF8.GetBytes($"{User}:{password}"));
#pragma warning restore CA5350
        return $"{User}:{Convert.ToBase64String(hash)}";
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
