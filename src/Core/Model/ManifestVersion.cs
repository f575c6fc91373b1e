using System.Globalization;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Model;

/// <summary>The version of the manifests that a cluster was made of, as its brokers' StatefulSet says. Pure.</summary>
internal static class ManifestVersion
{
    /// <summary>The version of a set's manifests.</summary>
    /// <remarks>Sets made before the annotation was: version 2 brought a mark of our own into the selectors, which cannot be changed
    /// later.</remarks>
    public static int Of(JsonObject set)
    {
        if (int.TryParse(set.Annotation(ClusterNames.ManifestsAnnotation), NumberStyles.None, CultureInfo.InvariantCulture,
            out int version))
            return version;
        return set["spec"]?["selector"]?["matchLabels"]?[ClusterNames.ClusterLabel] is null ? 1 : 2;
    }
}
