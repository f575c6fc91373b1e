namespace KafkaK8s.Tests.Engine.Fake;

/// <summary>A path of the Kubernetes API taken apart.</summary>
public sealed record FakePath(string Group, string Plural, string? Namespace, string? Name, string? Sub)
{
    public static FakePath? Parse(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int head = parts is ["api", ..] ? 2 : parts is ["apis", ..] ? 3 : 0;
        if (head == 0 || parts.Length <= head)
            return null;
        string group = string.Join('/', parts[1..head]);
        return parts[head..] is ["namespaces", var ns, var plural, .. var rest]
            ? new FakePath(group, plural, ns, rest.ElementAtOrDefault(0), rest.ElementAtOrDefault(1))
            : new FakePath(group, parts[head], null, parts.ElementAtOrDefault(head + 1), parts.ElementAtOrDefault(head + 2));
    }
}
