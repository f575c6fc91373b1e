using System.Management.Automation;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>Stand-in for Select-Object.</summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectStandIn : PSCmdlet
{
    private readonly Queue<PSObject> last = new();
    private readonly List<PSObject> seen = [];
    private IReadOnlyList<PropertySpec> properties = [];
    private int skipped;
    private int taken;

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>Properties to keep.</summary>
    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    /// <summary>A property to output instead of the object.</summary>
    [Parameter]
    public string? ExpandProperty { get; set; }

    /// <summary>So many from the start; then the commands before are stopped.</summary>
    [Parameter]
    public int First { get; set; } = -1;

    /// <summary>So many from the end.</summary>
    [Parameter]
    public int Last { get; set; } = -1;

    /// <summary>Passes over so many at the start.</summary>
    [Parameter]
    public int Skip { get; set; }

    /// <summary>Leaves out what was output already.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        properties = PropertySpec.From(Property);
        if (First == 0)
            throw EngineInternals.StopUpstream(this);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null || skipped++ < Skip)
            return;
        if (Last >= 0)
        {
            last.Enqueue(InputObject);
            if (last.Count > Last)
                last.Dequeue();
            return;
        }

        Emit(InputObject);
        if (First > 0 && ++taken >= First)
            throw EngineInternals.StopUpstream(this);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (PSObject item in last)
            Emit(item);
    }

    private void Emit(PSObject item)
    {
        if (ExpandProperty is not null)
        {
            Write(PropertySpec.Value(item, ExpandProperty));
            return;
        }

        if (properties.Count == 0)
        {
            Write(item);
            return;
        }

        var chosen = new PSObject();
        chosen.TypeNames.Insert(0, "Selected." + item.TypeNames[0]);
        foreach ((string name, object? value) in properties.SelectMany(property => property.Read(item)))
        {
            if (chosen.Properties[name] is null)
                chosen.Properties.Add(new PSNoteProperty(name, value));
        }

        Write(chosen);
    }

    private void Write(object? value)
    {
        if (Unique)
        {
            PSObject? item = value is null ? null : PSObject.AsPSObject(value);
            if (item is null || seen.Any(other => Same(other, item)))
                return;
            seen.Add(item);
        }

        WriteObject(value, enumerateCollection: ExpandProperty is not null);
    }

    private static bool Same(PSObject left, PSObject right) => left.BaseObject is PSCustomObject && right.BaseObject is PSCustomObject
        ? left.Properties.Count() == right.Properties.Count()
            && left.Properties.All(property => LanguagePrimitives.Equals(property.Value, right.Properties[property.Name]?.Value))
        : LanguagePrimitives.Equals(left, right);
}
