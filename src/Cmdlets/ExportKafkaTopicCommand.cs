using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Gives topics as YAML, for Git and for other clusters.</summary>
[Cmdlet(VerbsData.Export, "KafkaTopic", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(string))]
public sealed class ExportKafkaTopicCommand : KafkaTopicCmdlet
{
    private readonly Dictionary<(EksConnection? Connection, string? KubeConfig, string? Context, string? Namespace,
        string Cluster), List<string>> wanted = [];

    /// <summary>Names of topics; wildcards are allowed.</summary>
    [Parameter(Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(TopicCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [TopicName]
    public string[]? Name { get; set; }

    /// <summary>File to write; without it the text is returned.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Kafka's own topics too.</summary>
    [Parameter]
    public SwitchParameter IncludeInternal { get; set; }

    /// <summary>Collects only: one text for all topics of a cluster.</summary>
    protected override void ProcessItem()
    {
        CheckCells();
        var key = (Connection, KubeConfig, Context, Namespace, ClusterName());
        if (!wanted.TryGetValue(key, out var names))
            wanted.Add(key, names = []);
        var piped = Topics(Name);
        names.AddRange(piped.Count > 0 || Name is { Length: > 0 } ? piped : ["*"]);
    }

    /// <inheritdoc/>
    protected override void ProcessEnd()
    {
        var texts = new List<string>();
        foreach (var (key, patterns) in wanted)
        {
            (Connection, KubeConfig, Context, Namespace, string cluster) = key;
            Guarded(() => With(Connect(cluster), cluster, admin => texts.Add(TextOf(admin, cluster, patterns))));
        }

        if (Path is null)
            WriteObject(texts, enumerateCollection: true);
        else if (texts.Count == wanted.Count && GetUnresolvedProviderPathFromPSPath(Path) is { } file
            && ShouldProcess(file, "Write topics"))
            TextFile.Write(file, string.Concat(texts));
    }

    private string TextOf(KafkaAdmin admin, string cluster, List<string> patterns)
    {
        var matches = Matcher(patterns);
        var named = GivenForAll(nameof(Name)) ? Exact(patterns).ToHashSet(StringComparer.Ordinal) : [];
        var found = Await(cluster, cancel =>
            ExportTopics.RunAsync(admin, n => matches(n) && (IncludeInternal || named.Contains(n) || !TopicState.IsInternal(n)), cancel));
        foreach (string missing in named.Where(n => found.Topics.All(t => t.Name != n)))
            Report(TopicName.NotFound(missing, cluster, Await(cluster, cancel => ListTopics.NamesAsync(admin, cancel))));
        if (found.KeptBack.Count > 0)
            WriteWarning($"The brokers of {cluster} do not tell the value of {string.Join(", ", found.KeptBack)}: not exported.");
        return TopicFile.Write(cluster, admin.Brokers.Namespace, found.Topics);
    }
}
