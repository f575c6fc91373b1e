using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Reads messages of a topic, without a consumer group: nobody else notices.</summary>
[Cmdlet(VerbsCommunications.Receive, "KafkaMessage", DefaultParameterSetName = LastOnes)]
[OutputType(typeof(KafkaMessage))]
public sealed class ReceiveKafkaMessageCommand : KafkaTopicCmdlet
{
    private const string LastOnes = "Tail";
    private const string FromJson = "param($it) ConvertFrom-Json -InputObject $it -NoEnumerate";

    private ScriptBlock? json;

    /// <summary>Names of the topics.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(TopicCompleter))]
    [ValidateNotNullOrEmpty]
    [TopicName]
    public string[] Topic { get; set; } = [];

    /// <summary>The last messages, of all partitions together.</summary>
    [Parameter(ParameterSetName = LastOnes)]
    [FreeText]
    [ValidateRange(1, 1_000_000)]
    public int Tail { get; set; } = 10;

    /// <summary>All messages, from the first one that is kept.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "FromBeginning")]
    public SwitchParameter FromBeginning { get; set; }

    /// <summary>Messages from this time on.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "FromTimestamp")]
    [FreeText]
    public DateTimeOffset FromTimestamp { get; set; }

    /// <summary>Messages from this offset on; with several partitions of each of them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "FromOffset")]
    [FreeText]
    public long FromOffset { get; set; }

    /// <summary>Only these partitions.</summary>
    [Parameter]
    [FreeText]
    public int[] Partition { get; set; } = [];

    /// <summary>Wait for more at the end, until Ctrl+C, -Count or -TimeoutSeconds. Alone it begins at the end.</summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    /// <summary>End after so many messages.</summary>
    [Parameter]
    [FreeText]
    public long Count { get; set; }

    /// <summary>How bytes become texts; what is no such text stays bytes.</summary>
    [Parameter]
    [ValidateSet("utf8", "utf16", "latin1", "base64", "hex", "bytes")]
    public string Encoding { get; set; } = "utf8";

    /// <summary>Read values as JSON; what is none stays as it is.</summary>
    [Parameter]
    public SwitchParameter AsJson { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckCells();
        string cluster = ClusterName();
        With(Connect(cluster), cluster, admin =>
        {
            foreach (string topic in Topics(Topic))
            {
                var request = new ReceiveRequest(topic)
                {
                    Partitions = Partition,
                    FromBeginning = FromBeginning,
                    FromTimestamp = Given(nameof(FromTimestamp)) ? FromTimestamp : null,
                    FromOffset = Given(nameof(FromOffset)) ? FromOffset : null,
                    Tail = ParameterSetName != LastOnes || (Follow && !Given(nameof(Tail))) ? null : Tail,
                    Follow = Follow,
                    Count = Given(nameof(Count)) ? Count : null,
                    FollowLimit = Given(nameof(TimeoutSeconds)) ? Timeout : null,
                };
                Guarded(() => Run<KafkaMessage>(cancel => ReceiveMessages.RunAsync(admin, request, cancel),
                    $"Receiving messages of {topic}", m => WriteObject(Decoded(m))));
            }
        });
    }

    private KafkaMessage Decoded(KafkaMessage message) => message with
    {
        Key = MessageText.Read(message.KeyBytes, Encoding),
        Value = Value(MessageText.Read(message.ValueBytes, Encoding)),
        Headers = message.Headers.ToDictionary(h => h.Key, h => MessageText.Read((byte[]?)h.Value, Encoding)),
    };

    private object? Value(object? value)
    {
        if (!AsJson || value is not string text)
            return value;
        try
        {
            return (json ??= ScriptBlock.Create(FromJson)).InvokeReturnAsIs(text);
        }
        catch (RuntimeException)
        {
            return value;
        }
    }
}
