using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Gives a cluster as plain YAML, for kubectl, for Git, for those who leave.</summary>
[Cmdlet(VerbsData.Export, "KafkaManifest")]
[OutputType(typeof(string))]
public sealed class ExportKafkaManifestCommand : ClusterSpecCmdlet
{
    /// <summary>Version of the server that the YAML is for, such as 1.20.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(KubernetesVersionCompleter))]
    public Version? KubernetesVersion { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        var catalog = ManifestCatalog.OfModule;
        if (KubernetesVersion is not null)
        {
            if (Namespace is not null)
                SpecChecks.CheckNamespace(Namespace);
            WriteObject(ExportManifest.Compose(catalog, ReadSpec(), Namespace, KubernetesVersion));
            return;
        }

        var connection = Connect();
        WriteObject(
            Await(Name, cancel => ExportManifest.RunAsync(connection, catalog, ReadSpec(), NamespaceOf(connection), Namespace, cancel)));
    }
}
