using System.Globalization;
using System.Management.Automation;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>Stand-in for Sort-Object: a stable sort by one or more properties.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectStandIn : PSCmdlet
{
    private readonly List<PSObject> items = [];

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What to sort by; the object itself if not given.</summary>
    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    /// <summary>Largest first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>One of those that are equal.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            items.Add(InputObject);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        IReadOnlyList<PropertySpec> properties = PropertySpec.From(Property);
        object?[] Keys(PSObject item) => properties.Count == 0 ? [item] : [.. properties.Select(property => property.ReadOne(item))];
        var order = Comparer<object?[]>.Create((left, right) => left.Zip(right, Compare).FirstOrDefault(result => result != 0));
        List<(PSObject Item, object?[] Keys)> keyed = [.. items.Select(item => (item, Keys(item)))];
        object?[]? before = null;
        foreach ((PSObject item, object?[] keys) in Descending ? keyed.OrderByDescending(each => each.Keys, order) : keyed.OrderBy(each => each.Keys, order))
        {
            if (!Unique || before is null || order.Compare(before, keys) != 0)
                WriteObject(item);
            before = keys;
        }
    }

    private static int Compare(object? left, object? right) =>
        LanguagePrimitives.TryCompare(left, right, ignoreCase: true, CultureInfo.CurrentCulture, out int result)
            ? result
            : string.Compare(left?.ToString(), right?.ToString(), StringComparison.OrdinalIgnoreCase);
}
