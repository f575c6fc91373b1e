using System.Management.Automation;
using System.Text;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>Stand-in for Format-Table; the engine's own formatter does the work.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableStandIn : OuterFormatTableBase
{
    /// <summary>Takes the table shape.</summary>
    public FormatTableStandIn() => EngineInternals.ShapeAs(this, "Table");
}

/// <summary>Stand-in for Format-List; the engine's own formatter does the work.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListStandIn : OuterFormatTableAndListBase
{
    /// <summary>Takes the list shape.</summary>
    public FormatListStandIn() => EngineInternals.ShapeAs(this, "List");
}

/// <summary>Stand-in for Out-String; also what the engine itself calls to feed native programs.</summary>
[Cmdlet(VerbsData.Out, "String", DefaultParameterSetName = "NoNewLineFormatting")]
[OutputType(typeof(string))]
public sealed class OutStringStandIn : FrontEndCommandBase
{
    private readonly StringWriter writer = new();

    /// <summary>Outputs line by line.</summary>
    [Parameter(ParameterSetName = "StreamFormatting")]
    public SwitchParameter Stream { get; set; }

    /// <summary>Columns to format to.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = 120;

    /// <summary>Leaves out the line ends that the formatter adds.</summary>
    [Parameter(ParameterSetName = "NoNewLineFormatting")]
    public SwitchParameter NoNewline { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        EngineInternals.WriteLinesTo(this, writer, Width, NoNewline);
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        base.ProcessRecord();
        if (Stream)
            Flush();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Flush();
    }

    private void Flush()
    {
        string text = writer.ToString();
        writer.GetStringBuilder().Clear();
        if (!Stream)
            WriteObject(text);
        else if (text.Length > 0)
            WriteObject((text.EndsWith('\n') ? text[..^1] : text).Split('\n').Select(line => line.TrimEnd('\r')), enumerateCollection: true);
    }
}

/// <summary>Stand-in for Out-File, and so for &gt; and &gt;&gt;. Always UTF-8 without a mark.</summary>
[Cmdlet(VerbsData.Out, "File", SupportsShouldProcess = true, DefaultParameterSetName = "ByPath")]
public sealed class OutFileStandIn : FrontEndCommandBase
{
    private StreamWriter? writer;
    private bool started;

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ByPath")]
    [Alias("Path")]
    public string FilePath { get; set; } = string.Empty;

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ByLiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string LiteralPath { get => FilePath; set => FilePath = value; }

    /// <summary>Only UTF-8 can be had.</summary>
    [Parameter(Position = 1)]
    [ValidateSet("utf8", "utf8NoBOM", "default")]
    public string Encoding { get; set; } = "utf8NoBOM";

    /// <summary>Adds to the file.</summary>
    [Parameter]
    public SwitchParameter Append { get; set; }

    /// <summary>Taken, without effect.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Leaves a file that is there as it is.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Columns to format to.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = int.MaxValue;

    /// <summary>Leaves out line ends.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        string path = GetUnresolvedProviderPathFromPSPath(FilePath);
        if (!ShouldProcess(path, "Output to File"))
            return;
        FileMode mode = Append ? FileMode.Append : NoClobber ? FileMode.CreateNew : FileMode.Create;
        try
        {
            var stream = new FileStream(path, mode, FileAccess.Write, FileShare.ReadWrite);
            writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(new ErrorRecord(failure, "FileOpenFailure", ErrorCategory.OpenError, path));
        }

        EngineInternals.WriteLinesTo(this, writer!, Width, NoNewline);
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        started = true;
        if (writer is not null)
            base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // As a redirection with no output it gets no record at all, and the formatter must not be ended before its start.
        if (started && writer is not null)
            base.EndProcessing();
        Close();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            Close();
    }

    private void Close()
    {
        writer?.Dispose();
        writer = null;
    }
}
