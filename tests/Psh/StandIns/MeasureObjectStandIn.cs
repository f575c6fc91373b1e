using System.Globalization;
using System.Management.Automation;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>Stand-in for Measure-Object: count and numbers, no lines or words.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Object")]
public sealed class MeasureObjectStandIn : PSCmdlet
{
    private readonly List<double> numbers = [];
    private int count;

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>The property to measure; the object itself if not given.</summary>
    [Parameter(Position = 0)]
    public string? Property { get; set; }

    /// <summary>Adds up.</summary>
    [Parameter]
    public SwitchParameter Sum { get; set; }

    /// <summary>The mean.</summary>
    [Parameter]
    public SwitchParameter Average { get; set; }

    /// <summary>The smallest.</summary>
    [Parameter]
    public SwitchParameter Minimum { get; set; }

    /// <summary>The largest.</summary>
    [Parameter]
    public SwitchParameter Maximum { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        object? value = Property is null ? InputObject : PropertySpec.Value(InputObject, Property);
        if (value is null)
            return;
        count++;
        if (Sum || Average || Minimum || Maximum)
            numbers.Add((double)LanguagePrimitives.ConvertTo(value, typeof(double), CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var result = new PSObject();
        Add("Count", count);
        Add("Average", Average && numbers.Count > 0 ? numbers.Average() : null);
        Add("Sum", Sum ? numbers.Sum() : null);
        Add("Maximum", Maximum && numbers.Count > 0 ? numbers.Max() : null);
        Add("Minimum", Minimum && numbers.Count > 0 ? numbers.Min() : null);
        Add("Property", Property);
        WriteObject(result);

        void Add(string name, object? value) => result.Properties.Add(new PSNoteProperty(name, value));
    }
}
