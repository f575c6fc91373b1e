using System.Management.Automation;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Gives a cluster as plain YAML, for kubectl, for Git, for those who leave.</para>
/// <para type="description">Prints the objects that New-KafkaCluster would send with the same parameters. Parameters that were given to a cluster that stands are taken from it. With -KubernetesVersion no server is asked at all. The Secret with ZooKeeper's reconfiguration credential is never printed.</para>
/// <para type="link">New-KafkaCluster</para>
/// </summary>
/// <example>
///   <summary>A cluster that stands, as a file that kubectl applies without a change.</summary>
///   <code>Export-KafkaManifest demo &gt; demo.yaml</code>
/// </example>
/// <example>
///   <summary>For an old server, without asking one.</summary>
///   <code>Export-KafkaManifest demo -BrokerCount 5 -KubernetesVersion 1.20</code>
/// </example>
[Cmdlet(VerbsData.Export, "KafkaManifest")]
[OutputType(typeof(string))]
public sealed class ExportKafkaManifestCommand : ClusterSpecCmdlet
{
    /// <summary>
    /// <para type="description">Version of the server that the YAML is for, such as 1.20. Without it: the version of the server of the context.</para>
    /// </summary>
    [Parameter]
    public Version? KubernetesVersion { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var catalog = ManifestCatalog.LoadOfModule();
        if (KubernetesVersion is not null)
        {
            WriteObject(ExportManifest.Compose(catalog, ReadSpec(), Namespace, KubernetesVersion));
            return;
        }

        var connection = Connect();
        WriteObject(Await(Name, cancel => ExportManifest.RunAsync(connection, catalog, ReadSpec(), NamespaceOf(connection), Namespace, cancel)));
    }
}
