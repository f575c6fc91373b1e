using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>What the cmdlets share that grant rights and take them back.</summary>
public abstract class KafkaAccessCmdlet : KafkaUserCmdlet
{
    /// <summary>Names of the users.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UserCompleter))]
    [ValidateNotNullOrEmpty]
    [TopicName(Of = nameof(KafkaUser))]
    public string[] User { get; set; } = [];

    /// <summary>Topics; a name that ends with * means all that begin so.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TopicCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Topic { get; set; } = [];

    /// <summary>Consumer groups; a name that ends with * means all that begin so.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ConsumerGroupCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Group { get; set; } = [];

    /// <summary>Transactional ids of producers; one that ends with * means all that begin so.</summary>
    [Parameter]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public string[] TransactionalId { get; set; } = [];

    /// <summary>What may be done with the topics.</summary>
    [Parameter]
    [ValidateSet("Read", "Write", "Create", "Delete", "Alter", "Describe", "DescribeConfigs", "AlterConfigs", "All")]
    public string[] Operation { get; set; } = [];

    /// <summary>What the parameters say, and a topic in the pipeline.</summary>
    private protected AccessRequest Request() => new()
    {
        Topics = !Given(nameof(Topic)) && InputObject is not null
            && ModuleObjects.NameOf(nameof(KafkaTopic), InputObject) is string piped ? [piped] : Topic,
        Groups = Group,
        TransactionalIds = TransactionalId,
        Operations = Given(nameof(Operation)) ? Operation : null,
    };
}
