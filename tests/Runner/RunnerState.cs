using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using KafkaK8s.Tests.Runner.Model;

namespace KafkaK8s.Tests.Runner;

/// <summary>
/// What the keyword cmdlets share within one runspace. The engine makes each cmdlet itself, so there is no
/// constructor to hand this through.
/// </summary>
internal sealed class RunnerState
{
    private static readonly ConditionalWeakTable<Runspace, RunnerState> States = [];

    /// <summary>The state of the runspace of this thread.</summary>
    public static RunnerState Current => States.GetOrCreateValue(Runspace.DefaultRunspace);

    /// <summary>The block being discovered; null outside discovery.</summary>
    public TestBlock? Discovering { get; set; }

    /// <summary>The first error of this file's discovery: deeper, and so better placed, than the one that reaches the file.</summary>
    public ErrorRecord? DiscoveryError { get; set; }

    /// <summary>True while a test or a setup runs.</summary>
    public bool Running { get; set; }
}
