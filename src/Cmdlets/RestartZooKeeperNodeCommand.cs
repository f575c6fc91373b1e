using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Restarts ZooKeeper servers one at a time, each one back in sync before the next.</summary>
[Cmdlet(VerbsLifecycle.Restart, "ZooKeeperNode", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ZooKeeperNode), typeof(EnsembleStep))]
public sealed class RestartZooKeeperNodeCommand : KafkaCmdlet
{
    private readonly Dictionary<(EksConnection? Connection, string? KubeConfig, string? Context, string? Namespace, string Cluster), List<string>?> wanted = [];

    /// <summary>Five minutes for each step: a pod with its image and its volume fit in.</summary>
    public RestartZooKeeperNodeCommand() => TimeoutSeconds = 300;

    /// <summary>Name of the cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [NotAConnection]
    public string Name { get; set; } = "";

    /// <summary>Names of the servers' pods, such as demo-zk-0.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ZooKeeperNodeCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Node { get; set; }

    /// <summary>Make a fresh credential for changes of the ensemble.</summary>
    [Parameter]
    public SwitchParameter RotateCredential { get; set; }

    /// <summary>Restart even where the others are no quorum meanwhile, as with a single server.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Collects only: the order of the pipeline is not the order of the restarts.</summary>
    protected override void ProcessItem()
    {
        var key = (Connection, KubeConfig, Context, Namespace, Name);
        if (Node is null)
            wanted[key] = null;
        else if (!wanted.TryGetValue(key, out var nodes))
            wanted[key] = [.. Node];
        else
            nodes?.AddRange(Node);
    }

    /// <inheritdoc/>
    protected override void ProcessEnd()
    {
        foreach (var (key, nodes) in wanted)
        {
            (Connection, KubeConfig, Context, Namespace, Name) = key;
            Guarded(() => RestartOne(nodes));
        }
    }

    private void RestartOne(List<string>? nodes)
    {
        var connection = Connect();
        var request = new RestartRequest(Name, NamespaceOf(connection), nodes, RotateCredential, Force, Timeout);
        var plan = Await(Name, cancel => RestartEnsemble.PlanAsync(connection, request, cancel));
        string target = $"{request.Namespace}/{Name} on context {connection.Context}";
        string action = $"Restart {plan.Ids.Count} ZooKeeper servers in turn{(RotateCredential ? ", with a fresh credential" : "")}";
        if (!ShouldProcess($"{action}: {target}", $"{action}: {target}?", "Restart-ZooKeeperNode", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                WriteObject(plan.Steps, enumerateCollection: true);
            return;
        }

        Run<IReadOnlyList<ZooKeeperNode>>(cancel => RestartEnsemble.RunAsync(connection, plan, cancel), $"Restarting ZooKeeper servers of {Name}", done => WriteObject(done, enumerateCollection: true));
    }
}
