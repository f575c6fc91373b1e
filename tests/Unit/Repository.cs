using System.Text.Json.Nodes;
using KafkaK8s.Core.Manifests;

namespace KafkaK8s.Tests.Unit;

/// <summary>Where the tests find the files of the repository.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Manifests { get; } = Path.Combine(Root, "manifests");

    public static ManifestCatalog Catalog { get; } = ManifestCatalog.Load(Manifests);

    public static string Golden(string name) => Path.Combine(Root, "tests", "Unit", "Golden", name + ".yaml");

    public static string Id(JsonObject tree) => $"{(string?)tree["kind"]}/{(string?)tree["metadata"]!["name"]}";

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KafkaK8s.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No repository above {AppContext.BaseDirectory}.");
    }
}
