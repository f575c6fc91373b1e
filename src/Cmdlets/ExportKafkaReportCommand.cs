using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core;
using KafkaK8s.Core.Reports;

namespace KafkaK8s.Cmdlets;

/// <summary>Writes objects of this module as one HTML file: evidence for a ticket.</summary>
[Cmdlet(VerbsData.Export, "KafkaReport", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportKafkaReportCommand : PSCmdlet
{
    private readonly ReportObjects objects = new();

    /// <summary>File to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = null!;

    /// <summary>The objects: any of this module.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [FreeText]
    [AllowNull]
    public PSObject?[]? InputObject { get; set; }

    /// <summary>Title of the page.</summary>
    [Parameter]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <summary>Leave a file that is there alone.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Write over a file that is read-only.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Give the file that was written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var item in (InputObject ?? []).OfType<PSObject>())
            Guarded(() => objects.Add(item));
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Guarded(Write);

    private void Write()
    {
        string file = GetUnresolvedProviderPathFromPSPath(Path);
        if (objects.Count == 0)
        {
            throw new ClusterException("NothingToReport", FailureKind.InvalidInput, file,
                $"No object came that a report could show, so {file} was not written. See what the command before it says.");
        }

        if (NoClobber && File.Exists(file))
        {
            throw new ClusterException("FileExists", FailureKind.Conflict, file,
                $"{file} is there already. Give another path, or leave -NoClobber out to write over it.");
        }

        if (!ShouldProcess(file, $"Write a report of {Words.Count(objects.Count, "object")}"))
            return;
        string text = ReportPage.Write(objects.Content(Title, DateTimeOffset.UtcNow, MyInvocation.MyCommand.Module.Version.ToString()));
        TextFile.Write(file, text, overReadOnly: Force);
        if (PassThru)
            WriteObject(new FileInfo(file));
    }

    private void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (ClusterException e)
        {
            WriteError(ErrorTable.ToRecord(e, this));
        }
    }
}
