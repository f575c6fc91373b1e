using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Shows what users may do, and what is denied to them.</summary>
[Cmdlet(VerbsCommon.Get, "KafkaAccess")]
[OutputType(typeof(KafkaAccess))]
public sealed class GetKafkaAccessCommand : KafkaUserCmdlet
{
    /// <summary>Names of users; wildcards are allowed.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UserCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [TopicName(Of = nameof(KafkaUser))]
    public string[]? User { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckCells();
        string cluster = ClusterName();
        var names = Users(User, nameof(User), orAll: true);
        WithUsers(cluster, admin => WriteObject(Await(cluster, cancel => ListUsers.AccessAsync(admin, Matcher(names), cancel)),
            enumerateCollection: true));
    }
}
