using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Commands;

/// <summary>Set-ItResult -Skipped: leaves the running test and counts it as skipped.</summary>
[Cmdlet(VerbsCommon.Set, "ItResult")]
public sealed class SetItResultCommand : PSCmdlet
{
    internal const string SkippedId = "PesterTestSkipped";

    /// <summary>The only result of this subset.</summary>
    [Parameter(Mandatory = true)]
    public SwitchParameter Skipped { get; set; }

    /// <summary>The reason, for the report.</summary>
    [Parameter]
    public string? Because { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing() => ThrowTerminatingError(
        new ErrorRecord(new InvalidOperationException(Because ?? string.Empty), SkippedId, ErrorCategory.OperationStopped, null));
}
