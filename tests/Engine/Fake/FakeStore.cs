using System.Globalization;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Engine.Fake;

/// <summary>The objects of the fake server, with as much of the API's manners as the cmdlets rely on.</summary>
public sealed class FakeStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Group, string Plural, string? Namespace, string Name), JsonObject> objects = [];
    private int version = 100;

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (gate)
                return [.. objects.Keys.Select(k => $"{k.Plural}/{k.Name}").Order(StringComparer.Ordinal)];
        }
    }

    public JsonObject Put(string group, string plural, string? ns, JsonObject tree)
    {
        lock (gate)
        {
            string name = (string)tree["metadata"]!["name"]!;
            return objects[(group, plural, ns, name)] = Stamp(tree, ns, objects.GetValueOrDefault((group, plural, ns, name)));
        }
    }

    public FakeAnswer Get(FakePath path)
    {
        lock (gate)
            return objects.TryGetValue(Key(path), out var found) ? new(200, (JsonObject)found.DeepClone()) : NotFound(path);
    }

    public FakeAnswer List(FakePath path, string? selector)
    {
        lock (gate)
        {
            var found = objects.Where(o => o.Key.Group == path.Group && o.Key.Plural == path.Plural && (path.Namespace is null || o.Key.Namespace == path.Namespace) && Matches(o.Value, selector));
            return new(200, new JsonObject
            {
                ["kind"] = "List",
                ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) },
                ["items"] = new JsonArray([.. found.Select(o => o.Value.DeepClone())]),
            });
        }
    }

    public FakeAnswer Apply(FakePath path, JsonObject tree, bool dryRun)
    {
        lock (gate)
        {
            var before = objects.GetValueOrDefault(Key(path));
            var after = Stamp((JsonObject)tree.DeepClone(), path.Namespace, before);
            if (!dryRun)
                objects[Key(path)] = after;
            return new(before is null ? 201 : 200, (JsonObject)after.DeepClone());
        }
    }

    public FakeAnswer Delete(FakePath path)
    {
        lock (gate)
        {
            if (!objects.Remove(Key(path), out var gone))
                return NotFound(path);
            // As the controller would: a set takes its pods along.
            string uid = (string)gone["metadata"]!["uid"]!;
            foreach (var pod in objects.Where(o => (string?)o.Value["metadata"]!["ownerReferences"]?[0]?["uid"] == uid).Select(o => o.Key).ToList())
                objects.Remove(pod);
            return new(200, gone);
        }
    }

    private JsonObject Stamp(JsonObject tree, string? ns, JsonObject? before)
    {
        var metadata = tree["metadata"]!.AsObject();
        if (ns is not null)
            metadata["namespace"] = ns;
        metadata["uid"] = (string?)before?["metadata"]!["uid"] ?? (string?)metadata["uid"] ?? Guid.NewGuid().ToString();
        metadata["creationTimestamp"] ??= DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        metadata["resourceVersion"] = (++version).ToString(CultureInfo.InvariantCulture);
        if (before?["status"] is JsonNode status && tree["status"] is null)
            tree["status"] = status.DeepClone();
        return tree;
    }

    private static bool Matches(JsonObject tree, string? selector) => string.IsNullOrEmpty(selector)
        || selector.Split(',').Select(p => p.Split('=')).All(p => (string?)tree["metadata"]!["labels"]?[p[0]] == p[1]);

    private static (string Group, string Plural, string? Namespace, string Name) Key(FakePath path) => (path.Group, path.Plural, path.Namespace, path.Name!);

    private static FakeAnswer NotFound(FakePath path) => FakeAnswer.Status(404, "NotFound", $"{path.Plural} \"{path.Name}\" not found");
}
