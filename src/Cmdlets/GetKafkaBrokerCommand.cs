using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Shows the brokers of a cluster: place, controller, leaders, copies, disk, and what is wrong.</summary>
[Cmdlet(VerbsCommon.Get, "KafkaBroker")]
[OutputType(typeof(KafkaBroker))]
public sealed class GetKafkaBrokerCommand : KafkaCmdlet
{
    /// <summary>A minute: a healthy cluster answers in a second.</summary>
    public GetKafkaBrokerCommand() => TimeoutSeconds = 60;

    /// <summary>Names of the clusters.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true, Several = true)]
    public string[] Name { get; set; } = [ClusterSpec.DefaultName];

    /// <summary>Ids of the brokers.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BrokerCompleter))]
    [ValidateRange(0, int.MaxValue)]
    public int[]? Id { get; set; }

    /// <summary>Only brokers that are not healthy, or need a restart.</summary>
    [Parameter]
    public SwitchParameter Unhealthy { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        OtherNode.Refuse(InputObject, nameof(KafkaBroker));
        var connection = Connect();
        string ns = NamespaceOf(connection);
        foreach (string name in Name)
        {
            try
            {
                SpecChecks.CheckName(name);
                var found = Await(name, cancel => ListBrokers.RunAsync(connection, ns, name, cancel));
                if (found.Unread is string why)
                    WriteVerbose(why);
                WriteObject(found.Brokers.Where(b => (Id is null || Id.Contains(b.Id)) && (!Unhealthy || b.Status != BrokerStatus.Healthy))
                    .ToList(), enumerateCollection: true);
                foreach (int id in (Id ?? []).Distinct().Where(id => found.Brokers.All(b => b.Id != id)))
                    WriteError(ErrorTable.ToRecord(RestartBrokers.NotFound(name, id, found.Brokers.Select(b => b.Id)), this));
            }
            catch (Core.ClusterException e)
            {
                WriteError(ErrorTable.ToRecord(e, this));
            }
        }
    }
}
