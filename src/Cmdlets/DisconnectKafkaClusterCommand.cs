using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Closes tunnels that Connect-KafkaCluster has opened.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "KafkaCluster", DefaultParameterSetName = ByName)]
[OutputType(typeof(KafkaTunnel))]
public sealed class DisconnectKafkaClusterCommand : PSCmdlet
{
    private const string ByName = "Name";

    /// <summary>Names of clusters, in any namespace; wildcards are allowed. Without them all tunnels are closed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = ByName)]
    [ArgumentCompleter(typeof(TunnelCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The tunnel to close.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Tunnel")]
    [FreeText]
    [ValidateNotNull]
    public KafkaTunnel Tunnel { get; set; } = null!;

    /// <summary>Give the tunnels that were closed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var patterns = Name.Select(n => new WildcardPattern(n, WildcardOptions.IgnoreCase)).ToList();
        List<KafkaTunnel> closing = ParameterSetName == ByName ? [.. HeldTunnels.All.Where(t => patterns.Exists(p => p.IsMatch(t.Cluster)))]
            : [Tunnel];
        Task.WhenAll(closing.Select(HeldTunnels.CloseAsync)).GetAwaiter().GetResult();
        if (PassThru)
            WriteObject(closing, enumerateCollection: true);
    }
}
