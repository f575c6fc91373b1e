using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>Stand-in for Start-Sleep; Ctrl+C wakes it.</summary>
[Cmdlet(VerbsLifecycle.Start, "Sleep", DefaultParameterSetName = "Seconds")]
public sealed class StartSleepStandIn : PSCmdlet, IDisposable
{
    private readonly ManualResetEventSlim stopping = new();

    /// <summary>How long.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = "Seconds")]
    [ValidateRange(0.0, 2147483.0)]
    public double Seconds { get; set; }

    /// <summary>How long.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Milliseconds")]
    [Alias("ms")]
    [ValidateRange(0, int.MaxValue)]
    public int Milliseconds { get; set; }

    /// <inheritdoc/>
    public void Dispose() => stopping.Dispose();

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        stopping.Wait(ParameterSetName == "Seconds" ? TimeSpan.FromSeconds(Seconds) : TimeSpan.FromMilliseconds(Milliseconds));

    /// <inheritdoc/>
    protected override void StopProcessing() => stopping.Set();
}

/// <summary>Stand-in for Get-Date.</summary>
[Cmdlet(VerbsCommon.Get, "Date")]
[OutputType(typeof(DateTime), typeof(string))]
public sealed class GetDateStandIn : PSCmdlet
{
    /// <summary>A time other than now.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public DateTime? Date { get; set; }

    /// <summary>A .NET format; the result is text then.</summary>
    [Parameter]
    public string? Format { get; set; }

    /// <summary>In UTC.</summary>
    [Parameter]
    public SwitchParameter AsUTC { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        DateTime time = Date ?? DateTime.Now;
        if (AsUTC)
            time = time.ToUniversalTime();
        WriteObject(Format is null ? time : time.ToString(Format, CultureInfo.CurrentCulture));
    }
}

/// <summary>Stand-in for Get-Random.</summary>
[Cmdlet(VerbsCommon.Get, "Random", DefaultParameterSetName = "Number")]
public sealed class GetRandomStandIn : PSCmdlet
{
    private readonly List<object> items = [];

    /// <summary>The items to choose from.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Items")]
    public object[]? InputObject { get; set; }

    /// <summary>How many items.</summary>
    [Parameter(ParameterSetName = "Items")]
    public int Count { get; set; } = 1;

    /// <summary>The smallest number.</summary>
    [Parameter(ParameterSetName = "Number")]
    public int Minimum { get; set; }

    /// <summary>The number above the largest.</summary>
    [Parameter(ParameterSetName = "Number")]
    public int Maximum { get; set; } = int.MaxValue;

    /// <inheritdoc/>
    protected override void ProcessRecord() => items.AddRange(InputObject ?? []);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (ParameterSetName == "Number")
        {
            WriteObject(Random.Shared.Next(Minimum, Maximum));
            return;
        }

        object[] shuffled = [.. items];
        Random.Shared.Shuffle(shuffled);
        WriteObject(shuffled.Take(Count), enumerateCollection: true);
    }
}

/// <summary>Stand-in for New-Guid.</summary>
[Cmdlet(VerbsCommon.New, "Guid")]
[OutputType(typeof(Guid))]
public sealed class NewGuidStandIn : PSCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing() => WriteObject(Guid.NewGuid());
}

/// <summary>Stand-in for Measure-Command.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Command")]
[OutputType(typeof(TimeSpan))]
public sealed class MeasureCommandStandIn : PSCmdlet
{
    /// <summary>What to time; its output is dropped.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock Expression { get; set; } = ScriptBlock.Create(string.Empty);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var clock = Stopwatch.StartNew();
        InvokeCommand.InvokeScript(useLocalScope: false, Expression, null);
        WriteObject(clock.Elapsed);
    }
}

/// <summary>Stand-in for Import-PowerShellDataFile.</summary>
[Cmdlet(VerbsData.Import, "PowerShellDataFile")]
[OutputType(typeof(System.Collections.Hashtable))]
public sealed class ImportPowerShellDataFileStandIn : PSCmdlet
{
    /// <summary>The .psd1 file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath")]
    public string Path { get; set; } = string.Empty;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        string file = GetUnresolvedProviderPathFromPSPath(Path);
        ScriptBlockAst tree = Parser.ParseFile(file, out _, out ParseError[] errors);
        if (errors.Length > 0)
            ThrowTerminatingError(new ErrorRecord(new ParseException(errors), "CouldNotParseDataFile", ErrorCategory.ParserError, file));
        if (tree.Find(node => node is HashtableAst, searchNestedScriptBlocks: false) is HashtableAst table)
            WriteObject(table.SafeGetValue());
    }
}
