using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// What the cmdlets share that act on servers of an ensemble: the servers that come down the pipeline are collected first, and each
/// cluster is acted on once.
/// </summary>
public abstract class ZooKeeperNodesCmdlet : KafkaCmdlet
{
    private readonly Dictionary<(EksConnection? Connection, string? KubeConfig, string? Context, string? Namespace, string Cluster), List<string>?> wanted = [];

    /// <summary>Name of the cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public string Name { get; set; } = "";

    /// <summary>The servers that the present object names; null for the cluster as a whole.</summary>
    private protected abstract string[]? Nodes { get; }

    /// <summary>Collects only: the order of the pipeline is not the order of the work.</summary>
    protected sealed override void ProcessItem()
    {
        var key = (Connection, KubeConfig, Context, Namespace, Name);
        if (Nodes is null)
            wanted[key] = null;
        else if (!wanted.TryGetValue(key, out var nodes))
            wanted[key] = [.. Nodes];
        else
            nodes?.AddRange(Nodes);
    }

    /// <inheritdoc/>
    protected sealed override void ProcessEnd()
    {
        foreach (var (key, nodes) in wanted)
        {
            (Connection, KubeConfig, Context, Namespace, Name) = key;
            Guarded(() => ProcessCluster(nodes));
        }
    }

    /// <summary>The work for one cluster.</summary>
    /// <param name="nodes">Names of pods; null for the cluster as a whole.</param>
    private protected abstract void ProcessCluster(IReadOnlyList<string>? nodes);
}
