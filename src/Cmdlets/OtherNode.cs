using System.Management.Automation;
using KafkaK8s.Core;

namespace KafkaK8s.Cmdlets;

/// <summary>A ZooKeeper server where brokers are meant, and the other way round: both have ids, and names of the same cluster.</summary>
internal static class OtherNode
{
    /// <summary>Refuses it.</summary>
    /// <param name="piped">The object in the pipeline.</param>
    /// <param name="meant">The module's type that is meant.</param>
    /// <exception cref="ClusterException"><c>OtherNode</c>.</exception>
    public static void Refuse(PSObject? piped, string meant)
    {
        string? type = piped is null ? null : ModuleObjects.TypeOf(piped);
        if (type is nameof(ZooKeeperNode) or nameof(KafkaBroker) && type != meant)
        {
            throw new ClusterException("OtherNode", FailureKind.InvalidInput, type,
                $"A {type} is no {meant}, and nothing was done with it. Give the cluster's name, or what Get-{meant} returns.");
        }
    }
}
