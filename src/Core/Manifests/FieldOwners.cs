using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Manifests;

/// <summary>Who set a field, as the server records it. Pure.</summary>
/// <remarks>Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management.</remarks>
internal static class FieldOwners
{
    /// <summary>Whether this module set the field; true also where the server keeps no record.</summary>
    public static bool IsOurs(JsonObject live, string path)
    {
        var records = KubeObjects.Items(live["metadata"]?["managedFields"]).ToList();
        return records.Count == 0
            || records.Exists(r => (string?)r["manager"] == KubeConnection.FieldManager && Holds(r["fieldsV1"] as JsonObject, path));
    }

    private static bool Holds(JsonObject? fields, string path)
    {
        foreach (var (key, item, value) in TreePath.Steps(path))
        {
            if (fields?[$"f:{key}"] is not JsonObject inner)
                return false;
            if (inner.Count == 0)
                return true; // owned as a whole
            fields = item is null ? inner : inner[$$"""k:{"{{item}}":"{{value}}"}"""] as JsonObject;
        }

        return fields is not null;
    }
}
