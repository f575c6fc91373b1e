using System.Globalization;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>Canned objects.</summary>
public static class FakeObjects
{
    public static JsonObject Namespace(string name, string phase = "Active") => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["status"] = new JsonObject { ["phase"] = phase },
    };

    public static JsonObject StorageClass(string name, bool isDefault) => new()
    {
        ["apiVersion"] = "storage.k8s.io/v1",
        ["kind"] = "StorageClass",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["annotations"] = new JsonObject { ["storageclass.kubernetes.io/is-default-class"] = isDefault ? "true" : "false" }
        },
    };

    public static JsonObject Labels(string cluster, string app) => new()
    {
        ["app.kubernetes.io/name"] = app,
        ["app.kubernetes.io/instance"] = cluster,
        ["app.kubernetes.io/part-of"] = "kafkak8s",
    };

    public static JsonObject Plain(string apiVersion, string kind, string name, JsonObject? labels = null) => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = labels },
    };

    public static JsonObject StatefulSet(string name, string cluster, string app, string image, int replicas)
    {
        var set = Plain("apps/v1", "StatefulSet", name, Labels(cluster, app));
        set["metadata"]!["uid"] = $"uid-{name}";
        set["metadata"]!["creationTimestamp"] = DateTime.UtcNow.AddMinutes(-5.5).ToString("yyyy-MM-ddTHH:mm:ssZ",
            CultureInfo.InvariantCulture);
        set["spec"] = new JsonObject
        {
            ["replicas"] = replicas,
            ["template"] = new JsonObject
            {
                ["spec"] =
                new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = app, ["image"] = image }) }
            },
        };
        set["status"] = new JsonObject { ["replicas"] = replicas, ["readyReplicas"] = replicas };
        return set;
    }

    public static JsonObject Pod(string set, int ordinal, string cluster, string app, bool ready, string? setUid = null)
    {
        var pod = Plain("v1", "Pod", $"{set}-{ordinal}", Labels(cluster, app));
        pod["metadata"]!["ownerReferences"] =
            new JsonArray(new JsonObject { ["kind"] = "StatefulSet", ["name"] = set, ["uid"] = setUid ?? $"uid-{set}" });
        pod["status"] =
            new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready ? "True" : "False" }) };
        return pod;
    }

    /// <summary>A cluster of 3 and 3 with its objects and two volume claims.</summary>
    public static void PutCluster(this FakeApiServer server, string ns, string cluster, bool brokersReady = false)
    {
        var store = server.Store;
        foreach (var (app, suffix, image, ready) in new[] { ("zookeeper", "zk", "zookeeper:3.8.6", true),
            ("kafka", "kafka", "apache/kafka:3.9.2", brokersReady) })
        {
            string set = $"{cluster}-{suffix}";
            store.Put("apps/v1", "statefulsets", ns, StatefulSet(set, cluster, app, image, 3));
            for (int n = 0; n < 3; n++)
                store.Put("v1", "pods", ns, Pod(set, n, cluster, app, ready));
            store.Put("v1", "services", ns, Plain("v1", "Service", $"{set}-headless", Labels(cluster, app)));
            store.Put("v1", "configmaps", ns, Plain("v1", "ConfigMap", $"{set}-scripts", Labels(cluster, app)));
            store.Put("policy/v1", "poddisruptionbudgets", ns, Plain("policy/v1", "PodDisruptionBudget", set, Labels(cluster, app)));
            store.Put("v1", "persistentvolumeclaims", ns, Plain("v1", "PersistentVolumeClaim", $"data-{set}-0", Labels(cluster, app)));
        }
    }
}
