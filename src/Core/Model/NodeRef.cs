namespace KafkaK8s.Core.Model;

/// <summary>A node of a cluster: Kubernetes knows it by its pod, Kafka and ZooKeeper by its id.</summary>
/// <param name="Pod">Name of its pod.</param>
/// <param name="NodeId">Its id: <c>broker.id</c>, <c>node.id</c>, or the number in <c>server.N</c>.</param>
/// <param name="Pool">The pool that it is of.</param>
internal sealed record NodeRef(string Pod, int NodeId, NodePool Pool)
{
    /// <summary>Place of its pod in the pool's set.</summary>
    public int Ordinal => ClusterNames.Ordinal(Pod);

    /// <summary>Host name inside the Kubernetes cluster, by the pool's headless Service.</summary>
    public string Host(ClusterNames names, string ns) => $"{Pod}.{names.Prefixed(Pool.Template.Headless)}.{ns}.svc";

    /// <inheritdoc/>
    public override string ToString() => Pod;
}
