using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Commands;

/// <summary>BeforeDiscovery: runs at once, in the caller's scope, so that discovery sees its variables.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "BeforeDiscovery")]
public sealed class InvokeBeforeDiscoveryCommand : KeywordCommand
{
    /// <summary>The script.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock ScriptBlock { get; set; } = ScriptBlock.Create(string.Empty);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Discovering();
        if (new ScopedScripts(this).TryDotSource(ScriptBlock) is { } error)
            ThrowTerminatingError(error);
    }
}
