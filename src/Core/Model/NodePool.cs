using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Core.Model;

/// <summary>What a node does. A pool may do several things, such as a broker that is a controller too.</summary>
[Flags]
internal enum NodeRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A ZooKeeper server.</summary>
    ZooKeeper = 1,

    /// <summary>A broker: it stores messages and serves clients.</summary>
    Broker = 2,

    /// <summary>A controller of KRaft: it stores the metadata and votes.</summary>
    Controller = 4,

    /// <summary>All of it.</summary>
    All = ZooKeeper | Broker | Controller,
}

/// <summary>A pool as a set of manifests describes it, before it has the name of a cluster.</summary>
/// <param name="Name">Name of its StatefulSet in the manifests.</param>
/// <param name="Roles">What its nodes do.</param>
/// <param name="FirstNodeId">Id of the node whose pod has the ordinal 0.</param>
/// <param name="App">Value of the pods' name label, and the name of their container.</param>
/// <param name="Headless">Name of the Service that gives each pod its DNS name.</param>
internal sealed record PoolTemplate(string Name, NodeRoles Roles, int FirstNodeId, string App, string Headless)
{
    /// <summary>Whether the nodes do this, whatever else they do.</summary>
    public bool Has(NodeRoles role) => (Roles & role) != 0;
}

/// <summary>The nodes that one StatefulSet runs.</summary>
/// <param name="Template">What the manifests say of it.</param>
/// <param name="Set">Name of the StatefulSet.</param>
/// <param name="Count">Pods that the set is to have; 0 where there is no set.</param>
internal sealed record NodePool(PoolTemplate Template, string Set, int Count)
{
    /// <summary>What its nodes do.</summary>
    public NodeRoles Roles => Template.Roles;

    /// <summary>Its nodes, by ordinal.</summary>
    public IReadOnlyList<NodeRef> Nodes => [.. Enumerable.Range(0, Count).Select(Node)];

    /// <summary>Whether its nodes do this, whatever else they do.</summary>
    public bool Has(NodeRoles role) => Template.Has(role);

    /// <summary>The node of an ordinal, there or not. The one place that knows how pods and ids belong together.</summary>
    public NodeRef Node(int ordinal) => new($"{Set}-{ordinal}", Template.FirstNodeId + ordinal, this);

    /// <summary>The node of an id, there or not.</summary>
    public NodeRef OfId(int nodeId) => Node(nodeId - Template.FirstNodeId);

    /// <summary>The node of a pod; null where the pod is none of this pool's.</summary>
    public NodeRef? OfPod(string pod) =>
        KubeObjects.Ordinal(pod) is >= 0 and int ordinal && Node(ordinal) is var node && node.Pod == pod ? node : null;
}
