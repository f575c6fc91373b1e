using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Rolling;

/// <summary>
/// The Secret that is made once, before all else, and never applied: with ZooKeeper the credential for changes of the ensemble, without it
/// the id of the cluster.
/// </summary>
internal static class FirstSecret
{
    /// <summary>A fresh one.</summary>
    public static JsonObject New(ClusterNames names) => names.ManifestSet.Mode == ClusterMode.ZooKeeper
        ? ReconfigCredential.NewSecret(names)
        : new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = names.FirstSecret, ["labels"] = names.Labels(names.ManifestSet.Carrier.App) },
            ["type"] = "Opaque",
            ["data"] = new JsonObject { ["id"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(NewClusterId())) },
        };

    // As Kafka writes an id: 16 random bytes in the alphabet for URLs, without padding.
    private static string NewClusterId() =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
