using System.Management.Automation;
using System.Text;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>Stand-in for Get-Content: text files.</summary>
[Cmdlet(VerbsCommon.Get, "Content")]
[OutputType(typeof(string))]
public sealed class GetContentStandIn : PSCmdlet
{
    /// <summary>The files.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("LiteralPath", "PSPath")]
    public string[] Path { get; set; } = [];

    /// <summary>The whole text as one string.</summary>
    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>So many lines from the start.</summary>
    [Parameter]
    [Alias("First", "Head")]
    public int TotalCount { get; set; } = -1;

    /// <summary>So many lines from the end.</summary>
    [Parameter]
    [Alias("Last")]
    public int Tail { get; set; } = -1;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string path in Path)
        {
            string file = GetUnresolvedProviderPathFromPSPath(path);
            try
            {
                if (Raw)
                    WriteObject(File.ReadAllText(file));
                else
                    WriteObject(Lines(file), enumerateCollection: true);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                WriteError(new ErrorRecord(failure, failure is FileNotFoundException ? "PathNotFound" : "GetContentReaderIOError", ErrorCategory.ReadError, path));
            }
        }
    }

    private IEnumerable<string> Lines(string file)
    {
        IEnumerable<string> lines = File.ReadLines(file);
        if (TotalCount >= 0)
            lines = lines.Take(TotalCount);
        return Tail >= 0 ? lines.TakeLast(Tail) : lines;
    }
}

/// <summary>Stand-in for Set-Content: text files, UTF-8 without a mark.</summary>
[Cmdlet(VerbsCommon.Set, "Content", SupportsShouldProcess = true)]
public class SetContentStandIn : PSCmdlet
{
    private readonly StringBuilder text = new();

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath", "PSPath")]
    public string Path { get; set; } = string.Empty;

    /// <summary>The lines.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object?[]? Value { get; set; }

    /// <summary>No line ends.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>Only UTF-8 can be had.</summary>
    [Parameter]
    [ValidateSet("utf8", "utf8NoBOM", "default")]
    public string Encoding { get; set; } = "utf8NoBOM";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (object? item in Value ?? [])
            text.Append(item).Append(NoNewline ? string.Empty : Environment.NewLine);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        string file = GetUnresolvedProviderPathFromPSPath(Path);
        if (!ShouldProcess(file))
            return;
        try
        {
            Write(file, text.ToString());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            WriteError(new ErrorRecord(failure, "GetContentWriterIOError", ErrorCategory.WriteError, Path));
        }
    }

    /// <summary>Puts the text into the file.</summary>
    private protected virtual void Write(string file, string content) => File.WriteAllText(file, content);
}

/// <summary>Stand-in for Add-Content.</summary>
[Cmdlet(VerbsCommon.Add, "Content", SupportsShouldProcess = true)]
public sealed class AddContentStandIn : SetContentStandIn
{
    private protected override void Write(string file, string content) => File.AppendAllText(file, content);
}
