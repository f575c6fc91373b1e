using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Tries every listener of every broker, and says why a client cannot connect.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KafkaListener", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(KafkaListenerCheck), typeof(bool))]
public sealed class TestKafkaListenerCommand : KafkaCmdlet
{
    /// <summary>Two minutes: without a pod it takes a second or two, and an image may have to be pulled for one.</summary>
    public TestKafkaListenerCommand() => TimeoutSeconds = 120;

    /// <summary>Name of the cluster.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public string Name { get; set; } = ClusterSpec.DefaultName;

    /// <summary>Try from inside too, in a short-lived pod of the brokers' image.</summary>
    [Parameter]
    public SwitchParameter FromPod { get; set; }

    /// <summary>Give only true or false: false where a client that should connect cannot.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        var connection = Connect(Name);
        string ns = NamespaceOf(connection);
        // Without a pod nothing is made, and there is nothing to ask.
        string target = $"{ns}/{Name} on context {connection.Context}";
        if (FromPod && !Agreed("Make a short-lived pod and connect from it to every broker", target, []))
            return;
        Run<IReadOnlyList<KafkaListenerCheck>>(cancel => CheckListeners.RunAsync(connection, ns, Name, FromPod, Timeout, cancel),
            $"Testing listeners of {Name}", rows =>
            {
                if (Quiet)
                    WriteObject(rows.Count > 0 && !rows.Any(r => r.IsProblem));
                else
                    WriteObject(rows, enumerateCollection: true);
            });
    }
}
