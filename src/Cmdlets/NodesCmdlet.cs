using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// What the cmdlets share that act on nodes of a cluster: those that come down the pipeline are collected first, and each cluster is acted
/// on once.
/// </summary>
/// <typeparam name="T">By what a node is named: its pod, or its id.</typeparam>
public abstract class NodesCmdlet<T> : KafkaCmdlet
{
    private readonly Dictionary<(EksConnection? Connection, string? KubeConfig, string? Context, string? Namespace,
        string Cluster), List<T>?> wanted = [];

    /// <summary>Name of the cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public string Name { get; set; } = "";

    /// <summary>The nodes that the present object names; null for the cluster as a whole.</summary>
    private protected abstract T[]? Nodes { get; }

    /// <summary>The module's type whose objects name such nodes.</summary>
    private protected abstract string NodeType { get; }

    /// <summary>Collects only: the order of the pipeline is not the order of the work.</summary>
    protected sealed override void ProcessItem()
    {
        OtherNode.Refuse(InputObject, NodeType);
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
    /// <param name="nodes">The nodes; null for the cluster as a whole.</param>
    private protected abstract void ProcessCluster(IReadOnlyList<T>? nodes);
}

/// <summary>The same for servers of an ensemble, which go by their pods.</summary>
public abstract class ZooKeeperNodesCmdlet : NodesCmdlet<string>
{
    private protected sealed override string NodeType => nameof(ZooKeeperNode);
}
