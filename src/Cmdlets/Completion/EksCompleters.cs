using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using Amazon.EKS.Model;
using KafkaK8s.Core.Eks;

namespace KafkaK8s.Cmdlets.Completion;

/// <summary>Completes from what AWS answers within two seconds, in the region and with the profile already typed; silent on failure.</summary>
public abstract class EksNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        string? Bound(string name) => fakeBoundParameters.Contains(name) ? fakeBoundParameters[name]?.ToString() : null;
        return NameCompleter.Within(async cancel =>
        {
            using var aws = AwsSession.Open(Bound("Region"), Bound("ProfileName"));
            return await NamesAsync(aws, Bound("Name"), cancel).ConfigureAwait(false);
        }, wordToComplete);
    }

    /// <summary>The names to choose from.</summary>
    private protected abstract Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, CancellationToken cancel);
}

/// <summary>Completes names of EKS clusters.</summary>
public sealed class EksClusterCompleter : EksNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, CancellationToken cancel) =>
        (await aws.Eks.ListClustersAsync(new ListClustersRequest(), cancel).ConfigureAwait(false)).Clusters ?? [];
}

/// <summary>Completes names of node groups of the cluster already typed.</summary>
public sealed class NodeGroupCompleter : EksNameCompleter
{
    /// <inheritdoc/>
    private protected override async Task<IReadOnlyList<string>> NamesAsync(AwsSession aws, string? cluster, CancellationToken cancel) =>
        cluster is null ? [] : (await aws.Eks.ListNodegroupsAsync(new ListNodegroupsRequest { ClusterName = cluster }, cancel).ConfigureAwait(false)).Nodegroups ?? [];
}
