using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Management.Automation;
using Confluent.Kafka;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Sends what comes down the pipeline to a topic.</summary>
[Cmdlet(VerbsCommunications.Send, "KafkaMessage", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(KafkaMessage))]
public sealed class SendKafkaMessageCommand : KafkaDataCmdlet
{
    private const string ToJson = "param($it) ConvertTo-Json -InputObject $it -Compress -Depth 20";

    private readonly ConcurrentQueue<KafkaMessage> acknowledged = new();
    private KafkaAdmin? admin;
    private MessageProducer? producer;
    private ScriptBlock? json;
    private bool refused;

    /// <summary>Name of the topic.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(TopicCompleter))]
    [ValidateNotNullOrEmpty]
    public string Topic { get; set; } = "";

    /// <summary>The value: a text or bytes as they are, a KafkaMessage with its key and headers, $null for none, any other object as
    /// JSON.</summary>
    [Parameter(Position = 2, ValueFromPipeline = true)]
    [AllowNull]
    [FreeText]
    public override PSObject? InputObject { get; set; }

    /// <summary>The key: a text, bytes, or a script block that makes it of the object, which is $_ in it.</summary>
    [Parameter]
    [FreeText]
    public object? Key { get; set; }

    /// <summary>Headers by name; texts or bytes.</summary>
    [Parameter]
    [FreeText]
    public IDictionary? Header { get; set; }

    /// <summary>Partition to send to, in place of the one that the key names.</summary>
    [Parameter]
    [FreeText]
    public int Partition { get; set; }

    /// <summary>How texts become bytes; base64 and hex are bytes written as text.</summary>
    [Parameter]
    [ValidateSet("utf8", "utf16", "latin1", "base64", "hex")]
    public string Encoding { get; set; } = "utf8";

    /// <summary>Give each message once it is acknowledged, with its partition and offset.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        if (refused)
            return;
        Begin();
        if (producer is null)
            return;
        var message = Message(InputObject);
        while (!producer.TrySend(Given(nameof(Partition)) ? Partition : null, message))
        {
            // The brokers are slower than the pipeline: it waits for them.
            WriteAcknowledged();
            Stopped.WaitHandle.WaitOne(5);
            if (Stopped.IsCancellationRequested)
                throw new PipelineStoppedException();
        }

        WriteAcknowledged();
    }

    /// <inheritdoc/>
    protected override void ProcessEnd()
    {
        if (producer is null)
            return;
        while (producer.Reported < producer.Sent)
        {
            WriteAcknowledged();
            ShowProgress(string.Create(CultureInfo.InvariantCulture, $"{producer.Reported:N0} of {producer.Sent:N0} acknowledged"),
                (int)(100 * producer.Reported / producer.Sent));
            Stopped.WaitHandle.WaitOne(10);
            if (Stopped.IsCancellationRequested)
                throw new PipelineStoppedException();
        }

        WriteAcknowledged();
        WriteVerbose(string.Create(CultureInfo.InvariantCulture,
            $"{producer.Sent - producer.Failures.Values.Sum():N0} of {producer.Sent:N0} messages acknowledged by {Topic}"));
        if (producer.Failures.Count == 0)
            return;
        long lost = producer.Failures.Values.Sum();
        string reasons = string.Join("; ", producer.Failures.OrderByDescending(f => f.Value).Select(f => $"{f.Key} ({f.Value})"));
        throw new ClusterException("MessagesNotSent", FailureKind.Unavailable, Topic, string.Create(CultureInfo.InvariantCulture,
            $"{lost:N0} of {producer.Sent:N0} messages were not acknowledged by {Topic}: {reasons}. The others are there; -PassThru gives "
                + $"those."));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            producer?.Dispose();
            admin?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            (producer, admin) = (null, null);
        }

        base.Dispose(disposing);
    }

    // With the first message: what cannot be is said once, not for each of them.
    private void Begin()
    {
        if (producer is not null)
            return;
        refused = true;
        string cluster = Cluster;
        admin = Open(Connect(cluster), cluster);
        var (own, largest) = Await(cluster, cancel => ListTopics.ForSendingAsync(admin, Topic, cancel));
        if (Given(nameof(Partition)) && own.All(p => p.Partition != Partition))
            throw ReceiveMessages.NoPartition(Topic, Partition, own.Count);
        if (!Agreed("Send messages", Target(admin, Topic), []))
            return;
        producer = new MessageProducer(admin.Entry, Topic, Timeout, largest, PassThru ? Acknowledged : null);
        refused = false;
    }

    private Message<byte[], byte[]> Message(PSObject? input)
    {
        var headers = HeadersOf(input);
        if (input?.BaseObject is KafkaMessage whole)
            return new Message<byte[], byte[]>
            {
                Key = Given(nameof(Key)) ? Bytes(KeyOf(input))! : whole.KeyBytes!,
                Value = whole.ValueBytes!,
                Headers = headers
            };
        return new Message<byte[], byte[]> { Key = Bytes(KeyOf(input))!, Value = Bytes(input)!, Headers = headers };
    }

    private object? KeyOf(PSObject? input) =>
        Key is PSObject { BaseObject: ScriptBlock } or ScriptBlock
            ? ((Key as PSObject)?.BaseObject as ScriptBlock ?? (ScriptBlock)Key).InvokeWithContext(null, [new PSVariable("_", input)])
                .FirstOrDefault()
            : Key;

    private Headers? HeadersOf(PSObject? input)
    {
        var given = input?.BaseObject is KafkaMessage whole && !Given(nameof(Header)) ? whole.Headers.Select(h => (h.Key, h.Value))
            : Header?.Cast<DictionaryEntry>().Select(e => (Key: e.Key.ToString()!, e.Value));
        if (given is null)
            return null;
        var headers = new Headers();
        foreach (var (name, value) in given)
            headers.Add(name, Bytes(value));
        return headers;
    }

    private byte[]? Bytes(object? value)
    {
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        return bare switch
        {
            null => null,
            byte[] bytes => bytes,
            string text => MessageText.Write(text, Encoding),
            _ => MessageText.Write((string)(json ??= ScriptBlock.Create(ToJson)).Invoke(value)[0].BaseObject, "utf8"),
        };
    }

    private void Acknowledged(Message<byte[], byte[]> message, TopicPartitionOffset at) => acknowledged.Enqueue(new KafkaMessage
    {
        Topic = at.Topic,
        Partition = at.Partition.Value,
        Offset = at.Offset.Value,
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(message.Timestamp.UnixTimestampMs).ToLocalTime(),
        Key = MessageText.Read(message.Key, Encoding),
        Value = MessageText.Read(message.Value, Encoding),
        KeyBytes = message.Key,
        ValueBytes = message.Value,
    });

    private void WriteAcknowledged()
    {
        while (acknowledged.TryDequeue(out var message))
            WriteObject(message);
    }
}
