using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace KafkaK8s.Tests.Engine;

/// <summary>Passes one object on and ends the commands before it, as Select-Object -First 1 does: that one is not in the engine.</summary>
[Cmdlet(VerbsLifecycle.Stop, "Upstream")]
public sealed class StopUpstreamCommand : PSCmdlet
{
    public static SessionStateCmdletEntry Entry => new("Stop-Upstream", typeof(StopUpstreamCommand), null);

    [Parameter(ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    protected override void ProcessRecord()
    {
        WriteObject(InputObject);
        var type = typeof(PSObject).Assembly.GetType("System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        throw (Exception)Activator.CreateInstance(type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [this], null)!;
    }
}
