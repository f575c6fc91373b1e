using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;

namespace KafkaK8s.Cmdlets;

/// <summary>What the cmdlets share that act on what a cluster holds: topics, messages, consumer groups.</summary>
public abstract class KafkaTopicCmdlet : KafkaCmdlet
{
    /// <summary>A minute: a healthy cluster answers in a second.</summary>
    protected KafkaTopicCmdlet() => TimeoutSeconds = 60;

    /// <summary>Name of the cluster.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public virtual string Cluster { get; set; } = ClusterSpec.DefaultName;

    /// <summary>The cluster that the parameters or the object in the pipeline name.</summary>
    private protected string ClusterName() =>
        !Given(nameof(Cluster)) && InputObject is not null && ModuleObjects.KafkaClusterOf(InputObject) is string piped ? piped : Cluster;

    /// <summary>Names of topics; none where the object in the pipeline, whose property Name is bound, is no topic.</summary>
    private protected IReadOnlyList<string> Topics(string[]? names) => NamesOf(names, nameof(KafkaTopic));

    /// <summary>Names of topics or consumer groups; none where the object in the pipeline, whose property Name is bound, is no such
    /// thing.</summary>
    private protected IReadOnlyList<string> NamesOf(string[]? names, string type) =>
        names is null || (InputObject is not null && !GivenForAll("Name") && !(type == nameof(KafkaTopic) && GivenForAll("Topic"))
            && ModuleObjects.TypeOf(InputObject) is not null && ModuleObjects.NameOf(type, InputObject) is null)
            ? [] : names;

    /// <summary>Whether a parameter says what a topic should be: on the command line, by a topic or by the row of a table.</summary>
    private protected bool Asked(string parameter) => GivenForAll(parameter)
        || (Given(parameter) && InputObject is not null && ModuleObjects.TypeOf(InputObject) is null or nameof(KafkaTopic)
            && MyInvocation.MyCommand.Parameters[parameter].Aliases.Prepend(parameter)
                .Any(n => !IsBlank(InputObject.Properties[n]?.Value)));

    /// <summary>Opens the admin client of a cluster.</summary>
    private protected KafkaAdmin Open(KubeConnection connection, string cluster) =>
        Await(cluster, cancel => KafkaAdmin.OpenAsync(connection, NamespaceOf(connection), cluster, cancel));

    /// <summary>Work with the admin client of a cluster, which is closed at its end.</summary>
    private protected void With(KubeConnection connection, string cluster, Action<KafkaAdmin> work)
    {
        var admin = Open(connection, cluster);
        try
        {
            work(admin);
        }
        finally
        {
            admin.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Where a change takes place, for a question.</summary>
    private protected static string Target(KafkaAdmin admin, string what) =>
        $"{what} of {admin.Brokers.Namespace}/{admin.Brokers.Names.Cluster} on context {admin.Connection.Context}";

    /// <summary>Whether a name is of one of the patterns; names that the user wrote out must exist, patterns may find nothing.</summary>
    private protected static Func<string, bool> Matcher(IReadOnlyList<string> patterns)
    {
        if (patterns.Count == 0)
            return static _ => true;
        var wild = patterns.Where(WildcardPattern.ContainsWildcardCharacters)
            .Select(p => new WildcardPattern(p, WildcardOptions.CultureInvariant)).ToList();
        var exact = patterns.Where(p => !WildcardPattern.ContainsWildcardCharacters(p)).ToHashSet(StringComparer.Ordinal);
        return name => exact.Contains(name) || wild.Exists(w => w.IsMatch(name));
    }

    /// <summary>The names without wildcards.</summary>
    private protected static IEnumerable<string> Exact(IReadOnlyList<string> patterns) =>
        patterns.Where(p => !WildcardPattern.ContainsWildcardCharacters(p));

    /// <summary>Writes the failure of one name, so that it does not stop the others.</summary>
    private protected void Report(ClusterException failure) => WriteError(ErrorTable.ToRecord(failure, this));
}
