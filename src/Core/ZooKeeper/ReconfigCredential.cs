using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>The credential that may change the ensemble's membership: random for each cluster, kept in a Secret, never shown.</summary>
internal static class ReconfigCredential
{
    private const string User = "super";

    /// <summary>Key of the password in the Secret.</summary>
    public const string PasswordKey = "password";

    /// <summary>Key of the digest, which the servers take into their environment.</summary>
    public const string DigestKey = "superDigest";

    /// <summary>Key of the password of before, while it is being exchanged: servers that were not restarted yet know that one.</summary>
    public const string FormerKey = "previousPassword";

    /// <summary>The passwords of a Secret, the present one first; none where it is no credential.</summary>
    public static IReadOnlyList<string> Passwords(JsonObject? secret) =>
        [.. new[] { PasswordKey, FormerKey }.Select(k => Decode((string?)secret?["data"]?[k])).OfType<string>()];

    /// <summary>A change of the Secret to a fresh password that keeps the present one as the former.</summary>
    public static JsonObject Exchange(JsonObject secret)
    {
        var fresh = NewData();
        fresh[FormerKey] = (string?)secret["data"]?[PasswordKey];
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = (string?)secret["metadata"]!["resourceVersion"] },
            ["data"] = fresh
        };
    }

    /// <summary>The password as ZooKeeper's digest scheme takes it.</summary>
    public static string Identity(string password) => $"{User}:{password}";

    /// <summary>A Secret with a fresh password, and the digest of it that ZooKeeper servers are started with.</summary>
    public static JsonObject NewSecret(ClusterNames names) =>
        new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = names.ReconfigSecret, ["labels"] = names.Labels(ClusterNames.ZooKeeperApp) },
            ["type"] = "Opaque",
            ["data"] = NewData(),
        };

    /// <summary>The digest as the property <c>zookeeper.DigestAuthenticationProvider.superDigest</c> wants it.</summary>
    /// <remarks>Source: ZooKeeper Administrator's Guide, "Authentication &amp; Authorization Options".</remarks>
    public static string Digest(string password)
    {
#pragma warning disable CA5350 // ZooKeeper's digest scheme is SHA-1; the password has 192 random bits.
        byte[] hash = SHA1.HashData(Encoding.UTF8.GetBytes(Identity(password)));
#pragma warning restore CA5350
        return $"{User}:{Convert.ToBase64String(hash)}";
    }

    private static JsonObject NewData()
    {
        string password = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
        return new JsonObject { [PasswordKey] = Base64(password), [DigestKey] = Base64(Digest(password)) };
    }

    private static string? Decode(string? base64)
    {
        try
        {
            return string.IsNullOrEmpty(base64) ? null : Encoding.UTF8.GetString(Convert.FromBase64String(base64));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
