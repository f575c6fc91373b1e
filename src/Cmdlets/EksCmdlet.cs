using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets;

/// <summary>What the cmdlets of EKS share: how to reach AWS.</summary>
public abstract class EksCmdlet : OperationCmdlet
{
    private AwsSession? session;
    private (string?, string?) sessionOf;

    /// <summary>Region of AWS, such as eu-central-1.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string? Region { get; set; }

    /// <summary>Profile of AWS's config and credentials files.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? ProfileName { get; set; }

    /// <summary>Name of the EKS cluster that the item is about, for messages; null where there is none.</summary>
    private protected abstract string? EksClusterName { get; }

    /// <summary>The region and credentials that the parameters name, with the clients for them.</summary>
    private protected AwsSession Aws()
    {
        var wanted = (Region, ProfileName);
        if (session is null || sessionOf != wanted)
        {
            session?.Dispose();
            session = AwsSession.Open(NotBlank(Region), NotBlank(ProfileName));
            sessionOf = wanted;
        }

        return session;
    }

    /// <inheritdoc/>
    private protected override ClusterException? Expected(Exception failure) =>
        base.Expected(failure) ?? session?.Explain(failure, EksClusterName);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            session?.Dispose();
        base.Dispose(disposing);
    }
}
