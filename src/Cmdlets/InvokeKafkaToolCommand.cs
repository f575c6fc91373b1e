using System.Collections;
using System.Management.Automation;
using System.Text;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Runs one of Kafka's own tools in a short-lived pod.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "KafkaTool", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(string))]
public sealed class InvokeKafkaToolCommand : KafkaTopicCmdlet
{
    private readonly StringBuilder input = new();

    /// <summary>A quarter of an hour: tools may move data.</summary>
    public InvokeKafkaToolCommand() => TimeoutSeconds = 900;

    /// <summary>The tool, such as kafka-configs.sh.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(KafkaToolCompleter))]
    [ValidateNotNullOrEmpty]
    public string Tool { get; set; } = "";

    /// <summary>Its arguments, word by word; no shell sees them.</summary>
    [Parameter(ValueFromRemainingArguments = true)]
    [FreeText]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [AllowNull]
    public object?[] ArgumentList { get; set; } = [];

    /// <summary>Texts for the tool's standard input, a line each, or a cluster.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowEmptyString]
    [FreeText]
    public override PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        if (InputObject?.BaseObject is string or ValueType)
            input.Append(LanguagePrimitives.ConvertTo<string>(InputObject)).Append('\n');
        else if (MyInvocation.ExpectingInput)
            RunIn(ClusterName(), null);
    }

    /// <inheritdoc/>
    protected override void ProcessEnd()
    {
        if (input.Length > 0 || !MyInvocation.ExpectingInput)
            RunIn(Cluster, input.Length > 0 ? Encoding.UTF8.GetBytes(input.ToString()) : null);
    }

    private void RunIn(string cluster, byte[]? bytes)
    {
        string file = KafkaTools.FileOf(Tool);
        var connection = Connect(cluster);
        var brokers = Await(cluster, cancel => BrokerSetView.FindAsync(connection, NamespaceOf(connection), cluster, cancel));
        var arguments = KafkaTools.WithAddress(file, [.. ArgumentList.Select(Word)], brokers.Bootstrap, brokers.ZooKeeper);
        if (brokers.Model.IsSecure)
            arguments = KafkaTools.WithSettings(file, arguments);
        if (!Agreed($"Run {KafkaTools.Shown(file, arguments)}", $"{brokers.Namespace}/{cluster} on context {connection.Context}", []))
            return;
        var request = new ToolRequest(file, arguments, bytes, Timeout);
        Run<string>(cancel => RunTool.RunAsync(connection, brokers, request, cancel), $"Running {file}", WriteObject);
    }

    // PowerShell makes a list of a=b,c=d. A number keeps the digits that were typed.
    private static string Word(object? argument) => argument switch
    {
        null => "",
        string text => text,
        PSObject { BaseObject: IEnumerable and not string } wrapped => Word(wrapped.BaseObject),
        IEnumerable list => string.Join(',', list.Cast<object?>().Select(Word)),
        _ => LanguagePrimitives.ConvertTo<string>(argument),
    };
}
