using System.Globalization;
using System.Text.Json.Nodes;

namespace KafkaK8s.Tests.Fakes;

/// <summary>One change of the store, as watches tell it.</summary>
/// <param name="Version">Version of the store after it.</param>
/// <param name="Group">Group and version of the object's API.</param>
/// <param name="Plural">Kind of the object.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Before">The object before; null where there was none.</param>
/// <param name="After">The object after; null where it is gone.</param>
/// <param name="Pushed">Type of an event that no change stands behind; null for a change.</param>
internal sealed record StoreEvent(int Version, string Group, string Plural, string? Namespace, JsonObject? Before, JsonObject? After,
    string? Pushed = null);

/// <summary>The objects of the fake server, with as much of the API's manners as the product relies on.</summary>
public sealed class FakeStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<(string Group, string Plural, string? Namespace, string Name), Entry> objects = [];
    private readonly List<StoreEvent> log = [];
    private int version = 100;
    private int oldest = 100;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The clock that objects' times go by.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Whether pods end with a grace period and sets are looked after; else what is deleted is gone at once, with its
    /// pods.</summary>
    public bool HasControllers { get; set; }

    /// <summary>Called after each change of a pod, in order, with the pod before and after; it must not wait.</summary>
    public Action<JsonObject?, JsonObject?>? PodChanged { get; set; }

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (gate)
                return [.. objects.Keys.Select(k => $"{k.Plural}/{k.Name}").Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Puts an object in, as somebody of whom the server knows nothing.</summary>
    public JsonObject Put(string group, string plural, string? ns, JsonObject tree)
    {
        lock (gate)
        {
            var key = (group, plural, ns, (string)tree["metadata"]!["name"]!);
            return (JsonObject)Write(key, (JsonObject)tree.DeepClone(), objects.GetValueOrDefault(key)?.Owners ?? []).DeepClone();
        }
    }

    /// <summary>One object, a copy; null where there is none.</summary>
    public JsonObject? Find(string group, string plural, string? ns, string name)
    {
        lock (gate)
            return (JsonObject?)objects.GetValueOrDefault((group, plural, ns, name))?.Tree.DeepClone();
    }

    /// <summary>Copies of all objects of a kind.</summary>
    public IReadOnlyList<JsonObject> All(string group, string plural, string? ns = null)
    {
        lock (gate)
            return [.. Of(group, plural, ns).Select(o => (JsonObject)o.Value.Tree.DeepClone())];
    }

    /// <summary>Changes an object in place, as a controller of Kubernetes does; false where there is none.</summary>
    public bool Change(string group, string plural, string? ns, string name, Action<JsonObject> change)
    {
        lock (gate)
        {
            var key = (group, plural, ns, name);
            if (!objects.TryGetValue(key, out var entry))
                return false;
            var tree = (JsonObject)entry.Tree.DeepClone();
            change(tree);
            Write(key, tree, entry.Owners);
            return true;
        }
    }

    /// <summary>Takes an object out at once, whatever it is.</summary>
    public bool Remove(string group, string plural, string? ns, string name)
    {
        lock (gate)
            return Drop((group, plural, ns, name));
    }

    /// <summary>Forgets the changes so far: a watch from before is told that its version is too old.</summary>
    public void Compact()
    {
        lock (gate)
        {
            log.Clear();
            oldest = ++version;
        }
    }

    /// <summary>Tells the watches of a kind of something that did not happen.</summary>
    public void Push(string plural, string type, JsonObject tree)
    {
        lock (gate)
            Tell(new StoreEvent(++version, "", plural, null, null, (JsonObject)tree.DeepClone(), type));
    }

    public FakeAnswer Get(FakePath path)
    {
        ArgumentNullException.ThrowIfNull(path);
        lock (gate)
        {
            if (objects.TryGetValue(Key(path), out var found))
                return Ok(found.Tree);
            return path.Plural == "endpoints" && objects.TryGetValue(("v1", "services", path.Namespace, path.Name!), out var service)
                ? Ok(Endpoints(service.Tree, path.Namespace!)) : NotFound(path);
        }
    }

    public FakeAnswer List(FakePath path, string? labels, string? fields = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        lock (gate)
        {
            var found = Of(path.Group, path.Plural, path.Namespace).Where(o => Matches(o.Value.Tree, labels, fields))
                .Select(o => o.Value.Tree);
            if (path is { Plural: "endpoints", Namespace: { } ns })
                found = found.Concat(
                    Of("v1", "services", ns).Where(o => Matches(o.Value.Tree, labels)).Select(o => Endpoints(o.Value.Tree, ns)).ToList());
            return new(200, new JsonObject
            {
                ["kind"] = "List",
                ["metadata"] = new JsonObject { ["resourceVersion"] = Text(version) },
                ["items"] = new JsonArray([.. found.Select(Item)]),
            });
        }
    }

    // As a real server gives it: what kind it is only the list says.
    private static JsonNode Item(JsonObject tree)
    {
        var item = tree.DeepClone();
        item.AsObject().Remove("apiVersion");
        item.AsObject().Remove("kind");
        return item;
    }

    public FakeAnswer Create(FakePath path, JsonObject tree, string manager, bool dryRun)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tree);
        lock (gate)
        {
            var key = (path.Group, path.Plural, path.Namespace, (string)tree["metadata"]!["name"]!);
            if (objects.ContainsKey(key))
                return FakeAnswer.Status(409, "AlreadyExists", $"{path.Plural} \"{key.Item4}\" already exists", Details(path, key.Item4));
            var owners = new Dictionary<string, HashSet<string>> { [$"{manager}/Update"] = [.. FieldSet.Of(tree).Keys] };
            if (HasControllers && path.Plural == "pods")
                tree["status"] ??= new JsonObject { ["phase"] = "Pending" };
            return dryRun ? new(201, Stamped(tree, null, path.Namespace))
                : new(201, (JsonObject)Write(key, (JsonObject)tree.DeepClone(), owners).DeepClone());
        }
    }

    /// <summary>Server-side apply: fields that the manager set before and no longer sets go, and what others own is a conflict.</summary>
    public FakeAnswer Apply(FakePath path, JsonObject tree, string manager = "kafkak8s", bool force = true, bool dryRun = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tree);
        lock (gate)
        {
            var entry = objects.GetValueOrDefault(Key(path));
            string me = $"{manager}/Apply";
            var fields = FieldSet.Of(tree);
            var owners = entry?.Owners.ToDictionary(o => o.Key, o => o.Value.ToHashSet()) ?? [];
            var live = (JsonObject?)entry?.Tree.DeepClone() ?? [];
            var values = FieldSet.Of(live);
            var conflicts = owners.Where(o => o.Key != me).SelectMany(o => o.Value.Where(f => fields.TryGetValue(f, out var wanted)
                && !JsonNode.DeepEquals(wanted, values.GetValueOrDefault(f))).Select(f => (Field: f, Owner: o.Key))).ToList();
            if (conflicts.Count > 0 && !force)
                return Conflict(path, conflicts);
            foreach (var (field, owner) in conflicts)
                owners[owner].Remove(field);
            foreach (string gone
                in owners.GetValueOrDefault(me, []).Except(fields.Keys).Where(f => !owners.Any(o => o.Key != me && o.Value.Contains(f))))
                FieldSet.Remove(live, gone);
            FieldSet.Merge(live, tree);
            owners[me] = [.. fields.Keys];
            return new(entry is null ? 201 : 200,
                dryRun ? Stamped(live, entry?.Tree, path.Namespace) : (JsonObject)Write(Key(path), live, owners).DeepClone());
        }
    }

    /// <summary>A merge patch, on condition of a version where it names one.</summary>
    public FakeAnswer Patch(FakePath path, JsonObject patch, string manager, bool dryRun)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(patch);
        lock (gate)
        {
            if (!objects.TryGetValue(Key(path), out var entry))
                return NotFound(path);
            if ((string?)patch["metadata"]?["resourceVersion"] is string wanted
                && wanted != (string?)entry.Tree["metadata"]!["resourceVersion"])
                return FakeAnswer.Status(409, "Conflict",
                    $"Operation cannot be fulfilled on {path.Plural} \"{path.Name}\": the object has been modified; please apply your "
                        + $"changes to the latest version and try again", Details(path, path.Name!));
            var before = FieldSet.Of(entry.Tree);
            var tree = (JsonObject)entry.Tree.DeepClone();
            MergePatch(tree, patch);
            if (dryRun)
                return new(200, Stamped(tree, entry.Tree, path.Namespace));
            var after = FieldSet.Of(tree);
            var touched = after.Where(f => !before.TryGetValue(f.Key, out var old) || !JsonNode.DeepEquals(old, f.Value)).Select(f => f.Key)
                .ToHashSet();
            var owners = entry.Owners.ToDictionary(o => o.Key,
                o => o.Value.Where(f => after.ContainsKey(f) && !touched.Contains(f)).ToHashSet());
            owners[$"{manager}/Update"] = [.. owners.GetValueOrDefault($"{manager}/Update", []), .. touched];
            return Ok(Write(Key(path), tree, owners));
        }
    }

    /// <summary>A JSON patch of one annotation, as the module makes them: a test that fails refuses all of it.</summary>
    public FakeAnswer JsonPatch(FakePath path, JsonArray operations, string manager)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(operations);
        lock (gate)
        {
            if (!objects.TryGetValue(Key(path), out var entry))
                return NotFound(path);
            var merge = new JsonObject();
            foreach (var operation in operations)
            {
                const string Annotations = "/metadata/annotations/";
                string at = (string)operation!["path"]!;
                if (!at.StartsWith(Annotations, StringComparison.Ordinal))
                    throw new NotSupportedException($"The fake server patches annotations only, not {at}.");
                string name = at[Annotations.Length..].Replace("~1", "/", StringComparison.Ordinal);
                string? now = (string?)entry.Tree["metadata"]!["annotations"]?[name];
                string kind = (string)operation["op"]!;
                if (kind == "test" ? now != (string?)operation["value"] : kind != "add" && now is null)
                    return FakeAnswer.Status(422, "Invalid",
                        $"the server rejected our request due to an error in our request: testing path {at}");
                if (kind != "test")
                    merge[name] = operation["value"]?.DeepClone();
            }

            return Patch(path, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = merge } }, manager, dryRun: false);
        }
    }

    /// <summary>Deletes an object, on condition of what the options name.</summary>
    public FakeAnswer Delete(FakePath path, JsonObject? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        lock (gate)
        {
            if (!objects.TryGetValue(Key(path), out var entry))
                return NotFound(path);
            foreach (string condition in new[] { "uid", "resourceVersion" })
            {
                if ((string?)options?["preconditions"]?[condition] is string wanted
                    && wanted != (string?)entry.Tree["metadata"]![condition])
                    return FakeAnswer.Status(409, "Conflict",
                        $"Precondition failed: {condition} in precondition: {wanted}, in object meta: "
                            + $"{(string?)entry.Tree["metadata"]![condition]}", Details(path, path.Name!));
            }

            bool orphan = (string?)options?["propagationPolicy"] == "Orphan";
            if (HasControllers && path.Plural == "pods")
                EndPod(Key(path));
            else
                Drop(Key(path));
            foreach (var pod in Of("v1", "pods", path.Namespace)
                .Where(o => (string?)o.Value.Tree["metadata"]!["ownerReferences"]?[0]?["uid"] == (string)entry.Tree["metadata"]!["uid"]!)
                .Select(o => o.Key).ToList())
            {
                if (orphan)
                    Change(pod.Group, pod.Plural, pod.Namespace, pod.Name, t => t["metadata"]!.AsObject().Remove("ownerReferences"));
                else if (HasControllers)
                    EndPod(pod);
                else
                    Drop(pod);
            }

            return Ok(entry.Tree);
        }
    }

    /// <summary>Completes at the next change.</summary>
    internal Task NextChange
    {
        get
        {
            lock (gate)
                return changed.Task;
        }
    }

    /// <summary>The events of a watch after a version; null where they are forgotten.</summary>
    internal IReadOnlyList<string>? Since(ref int after, FakePath path, string? labels, string? fields, out Task next)
    {
        lock (gate)
        {
            next = changed.Task;
            if (after > 0 && after < oldest)
                return null;
            var lines = new List<string>();
            for (int i = log.Count - 1; i >= 0 && log[i].Version > after; i--)
            {
                if (Line(log[i], path, labels, fields) is { } line)
                    lines.Add(line);
            }

            lines.Reverse();
            after = version;
            return lines;
        }
    }

    private static string? Line(StoreEvent e, FakePath path, string? labels, string? fields)
    {
        if (e.Plural != path.Plural
            || (e.Pushed is null && (e.Group != path.Group || (path.Namespace is not null && e.Namespace != path.Namespace))))
            return null;
        bool before = e.Before is not null && Matches(e.Before, labels, fields);
        bool after = e.After is not null && (e.Pushed is not null || Matches(e.After, labels, fields));
        string? type = e.Pushed ?? (after ? before ? "MODIFIED" : "ADDED" : before ? "DELETED" : null);
        return type is null ? null
            : new JsonObject { ["type"] = type, ["object"] = (after ? e.After : e.Before)!.DeepClone() }.ToJsonString();
    }

    internal int Version
    {
        get
        {
            lock (gate)
                return version;
        }
    }

    internal static bool Matches(JsonObject tree, string? labels, string? fields = null) =>
        Pairs(labels).All(p => (string?)tree["metadata"]!["labels"]?[p[0]] == p[1])
        && Pairs(fields).All(p => p[0].Split('.').Aggregate((JsonNode?)tree, (node, part) => node?[part])?.ToString() == p[1]);

    private static IEnumerable<string[]> Pairs(string? selector) =>
        string.IsNullOrEmpty(selector) ? [] : selector.Split(',').Select(p => p.Split('=', 2));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static FakeAnswer Ok(JsonObject tree) => new(200, (JsonObject)tree.DeepClone());

    private static (string Group, string Plural, string? Namespace, string Name) Key(FakePath path) =>
        (path.Group, path.Plural, path.Namespace, path.Name!);

    private static FakeAnswer NotFound(FakePath path) =>
        FakeAnswer.Status(404, "NotFound", $"{path.Plural} \"{path.Name}\" not found", Details(path, path.Name!));

    private static JsonObject Details(FakePath path, string name) => new() { ["kind"] = path.Plural, ["name"] = name };

    private static FakeAnswer Conflict(FakePath path, List<(string Field, string Owner)> conflicts)
    {
        var causes = conflicts.Select(c => new JsonObject
        {
            ["reason"] = "FieldManagerConflict",
            ["message"] =
                $"conflict with "
                    + $"\"{c.Owner.Split('/')[0]}\"{(c.Owner.EndsWith("/Apply", StringComparison.Ordinal) ? "" : $" using {path.Group}")}",
            ["field"] = FieldSet.Words(c.Field),
        });
        var details = Details(path, path.Name!);
        details["causes"] = new JsonArray([.. causes]);
        return FakeAnswer.Status(409, "Conflict", $"Apply failed with {conflicts.Count} conflicts", details);
    }

    private static void MergePatch(JsonObject into, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is null)
                into.Remove(key);
            else if (value is JsonObject inner)
                MergePatch(into[key] as JsonObject ?? (JsonObject)(into[key] = new JsonObject())!, inner);
            else
                into[key] = value.DeepClone();
        }
    }

    private IEnumerable<KeyValuePair<(string Group, string Plural, string? Namespace, string Name), Entry>> Of(string group, string plural,
        string? ns) =>
        objects.Where(o => o.Key.Group == group && o.Key.Plural == plural && (ns is null || o.Key.Namespace == ns));

    private void EndPod((string Group, string Plural, string? Namespace, string Name) key) =>
        Change(key.Group, key.Plural, key.Namespace, key.Name, pod =>
    {
        pod["metadata"]!["deletionTimestamp"] ??= Now();
        pod["metadata"]!["deletionGracePeriodSeconds"] ??= 30;
    });

    // As the controller of endpoints has them: it is never behind here.
    private JsonObject Endpoints(JsonObject service, string ns)
    {
        string selector = string.Join(',', (service["spec"]?["selector"] as JsonObject ?? []).Select(p => $"{p.Key}={p.Value}"));
        var pods = selector.Length == 0 ? [] : Of("v1", "pods", ns).Select(o => o.Value.Tree).Where(p => Matches(p, selector)).ToList();
        JsonArray Addresses(bool ready) => [.. pods.Where(p => FakePods.IsReady(p) == ready)
            .Select(
                p => new JsonObject { ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["name"] = (string?)p["metadata"]!["name"] } })];
        return new JsonObject
        {
            ["kind"] = "Endpoints",
            ["metadata"] = new JsonObject
            {
                ["name"] = (string?)service["metadata"]!["name"],
                ["namespace"] = ns,
                ["labels"] = service["metadata"]!["labels"]?.DeepClone()
            },
            ["subsets"] = new JsonArray(new JsonObject { ["addresses"] = Addresses(true), ["notReadyAddresses"] = Addresses(false) }),
        };
    }

    private bool Drop((string Group, string Plural, string? Namespace, string Name) key)
    {
        if (!objects.Remove(key, out var gone))
            return false;
        var last = (JsonObject)gone.Tree.DeepClone();
        last["metadata"]!["resourceVersion"] = Text(++version);
        Tell(new StoreEvent(version, key.Group, key.Plural, key.Namespace, last, null));
        return true;
    }

    private JsonObject Write((string Group, string Plural, string? Namespace, string Name) key, JsonObject tree,
        Dictionary<string, HashSet<string>> owners)
    {
        var before = objects.GetValueOrDefault(key);
        var after = Stamped(tree, before?.Tree, key.Namespace);
        if (before is not null && JsonNode.DeepEquals(before.Tree, after))
        {
            objects[key] = before with { Owners = owners };
            return before.Tree; // a write that changes nothing is none
        }

        after["metadata"]!["resourceVersion"] = Text(++version);
        objects[key] = new Entry(after, owners);
        Tell(new StoreEvent(version, key.Group, key.Plural, key.Namespace, before?.Tree, after));
        return after;
    }

    private JsonObject Stamped(JsonObject wanted, JsonObject? before, string? ns)
    {
        var tree = (JsonObject)wanted.DeepClone();
        var metadata = tree["metadata"]!.AsObject();
        var old = before?["metadata"];
        if (ns is not null)
            metadata["namespace"] = ns;
        metadata["uid"] = (string?)old?["uid"] ?? (string?)metadata["uid"] ?? Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = (string?)old?["creationTimestamp"] ?? (string?)metadata["creationTimestamp"] ?? Now();
        metadata["resourceVersion"] = (string?)old?["resourceVersion"] ?? Text(version + 1);
        if (before?["status"] is JsonNode status && tree["status"] is null)
            tree["status"] = status.DeepClone();
        if (HasControllers && tree["spec"] is JsonNode spec)
        {
            long generation = (long?)old?["generation"] ?? (long?)metadata["generation"] ?? 0;
            metadata["generation"] = before is null ? Math.Max(1, generation)
                : JsonNode.DeepEquals(before["spec"], spec) ? generation : generation + 1;
        }

        return tree;
    }

    private string Now() => Clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private void Tell(StoreEvent change)
    {
        log.Add(change);
        if (change.Plural == "pods" && change.Pushed is null)
            PodChanged?.Invoke(change.Before, change.After);
        changed.TrySetResult();
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Entry(JsonObject Tree, Dictionary<string, HashSet<string>> Owners);
}
