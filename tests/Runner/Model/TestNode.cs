namespace KafkaK8s.Tests.Runner.Model;

/// <summary>What blocks and tests have in common: a title, data, tags, and a place in the tree.</summary>
internal abstract class TestNode
{
    public required string Name { get; init; }

    /// <summary>The block around this node; null for the root of a file.</summary>
    public required TestBlock? Parent { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool Skip { get; init; }

    /// <summary>One item of -ForEach; null when the node has none.</summary>
    public TestData? Data { get; init; }

    public bool IsSkipped => Skip || Parent is { IsSkipped: true };

    /// <summary>Every tag that counts for this node: its own and those of the blocks around it.</summary>
    public IEnumerable<string> EffectiveTags => Parent is null ? Tags : Tags.Concat(Parent.EffectiveTags);

    /// <summary>Titles from the outermost block inwards, joined with a dot as Pester joins them.</summary>
    public string FullName => Parent is null or { IsRoot: true } ? Title : $"{Parent.FullName}.{Title}";

    /// <summary>The name with those placeholders filled that the data alone can fill.</summary>
    public string Title => Titles.Expand(Name, expression => Data is { } data && data.TryGet(expression, out object? value) ? value : Titles.Unknown);
}
