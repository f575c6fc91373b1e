using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Shows the users of a cluster: how they are let in, whether they can be, and how many grants they have.</summary>
[Cmdlet(VerbsCommon.Get, "KafkaUser")]
[OutputType(typeof(KafkaUser))]
public sealed class GetKafkaUserCommand : KafkaUserCmdlet
{
    /// <summary>Names of users; wildcards are allowed.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UserCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [TopicName(Of = nameof(KafkaUser))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckCells();
        string cluster = ClusterName();
        var names = Users(Name, nameof(Name), orAll: true);
        WithUsers(cluster, admin =>
        {
            var found = Await(cluster, cancel => ListUsers.RunAsync(admin, Matcher(names), cancel));
            WriteObject(found, enumerateCollection: true);
            foreach (string missing in Exact(names).Where(n => found.All(u => u.Name != n)))
                Report(UserFacts.NotFound(missing, cluster));
        });
    }
}
