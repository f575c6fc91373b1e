using System.Management.Automation;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>Stand-in for Group-Object: Count, Name and Group.</summary>
[Cmdlet("Group", "Object")]
public sealed class GroupObjectStandIn : PSCmdlet
{
    private readonly List<PSObject> items = [];

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What to group by; the object itself if not given.</summary>
    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

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
        string Name(PSObject item) => properties.Count == 0
            ? item.ToString()
            : string.Join(", ", properties.Select(property => property.ReadOne(item)?.ToString()));
        foreach (IGrouping<string, PSObject> group in items.GroupBy(Name, StringComparer.OrdinalIgnoreCase).OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase))
        {
            var result = new PSObject();
            result.Properties.Add(new PSNoteProperty("Count", group.Count()));
            result.Properties.Add(new PSNoteProperty("Name", group.Key));
            result.Properties.Add(new PSNoteProperty("Group", group.ToArray()));
            WriteObject(result);
        }
    }
}
