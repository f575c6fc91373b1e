using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Kubernetes.Config;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets.Completion;

/// <summary>Completes from names that a source gives within two seconds; silent on failure.</summary>
public abstract partial class NameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        string? Bound(string name) => fakeBoundParameters.Contains(name) ? fakeBoundParameters[name]?.ToString() : null;
        var reached = new CompletionSource(FullPath(Bound("KubeConfig")), Bound("Context"), Bound("Namespace"),
            Bound("Cluster") ?? (HasCluster(commandName) ? null : Bound("Name")),
            fakeBoundParameters["Connection"] is { } given ? (given as PSObject ?? PSObject.AsPSObject(given)).BaseObject as EksConnection
            : null, CurrentFolder());
        return Shown(Within(cancel => NamesAsync(reached, cancel), wordToComplete));
    }

    /// <summary>The names as they are offered.</summary>
    private protected virtual IEnumerable<CompletionResult> Shown(IEnumerable<CompletionResult> names) => names;

    // Where -Cluster names the cluster, -Name is that of something in it.
    private static bool HasCluster(string command) => Array.Exists(typeof(NameCompleter).Assembly.GetTypes(), t =>
        t.GetCustomAttribute<CmdletAttribute>() is { } cmdlet
        && $"{cmdlet.VerbName}-{cmdlet.NounName}".Equals(command, StringComparison.OrdinalIgnoreCase)
        && t.GetProperty("Cluster") is not null);

    /// <summary>The names that a source gives in time and that begin as what was typed.</summary>
    internal static IEnumerable<CompletionResult> Within(Func<CancellationToken, Task<IReadOnlyList<string>>> source, string? typed)
    {
        IReadOnlyList<string> names;
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            var work = Task.Run(() => source(limit.Token));
            if (!work.Wait(Limit))
            {
                limit.Cancel(); // its own clock may be a moment late, and would not go off once it is disposed of
                return [];
            }

            names = work.Result;
        }
        catch (AggregateException)
        {
            return []; // completion never complains
        }

        return Matching(names, typed);
    }

    /// <summary>The names that begin as what was typed, quoted where they must be.</summary>
    internal static IEnumerable<CompletionResult> Matching(IEnumerable<string> names, string? typed)
    {
        string word = (typed ?? "").Trim('\'', '"').Replace("''", "'", StringComparison.Ordinal);
        return names.Where(n => n.StartsWith(word, StringComparison.OrdinalIgnoreCase) && n.Length > 0 && !n.Any(char.IsControl)).Distinct()
            .Order(StringComparer.Ordinal)
            .Select(n => new CompletionResult(Quoted(n), n, CompletionResultType.ParameterValue, n));
    }

    /// <summary>A name as one argument and nothing else, whoever chose it: a kubeconfig from elsewhere must not put a command on the
    /// line.</summary>
    internal static string Quoted(string name) => Bare().IsMatch(name) ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";

    // The names are looked for on another thread, which has no runspace.
    private static string? CurrentFolder()
    {
        try
        {
            return Runspace.DefaultRunspace?.SessionStateProxy.Path.CurrentFileSystemLocation.ProviderPath;
        }
        catch (InvalidOperationException)
        {
            return null; // the runspace is busy elsewhere
        }
    }

    /// <summary>The names to choose from.</summary>
    protected abstract Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel);

    // As the command itself will take it: from PowerShell's folder, not the process's.
    private static string? FullPath(string? path)
    {
        if (string.IsNullOrEmpty(path))
            return null;
        try
        {
            using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            return shell.AddScript("param($p) $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($p)")
                .AddParameter("p", path).Invoke<string>().FirstOrDefault() ?? path;
        }
        catch (RuntimeException)
        {
            return path;
        }
    }

    // What PowerShell reads as one word of plain text; everything else is quoted.
    [GeneratedRegex(@"^[A-Za-z0-9_/\\.][A-Za-z0-9_/\\.:+=-]*\z")]
    private static partial Regex Bare();
}

/// <summary>Where to look for names: what was typed so far.</summary>
/// <param name="KubeConfig">The kubeconfig.</param>
/// <param name="Context">The context.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Cluster">The Kafka cluster.</param>
/// <param name="Connection">The connection to EKS.</param>
/// <param name="Folder">PowerShell's current folder.</param>
public sealed record CompletionSource(string? KubeConfig, string? Context, string? Namespace, string? Cluster, EksConnection? Connection,
    string? Folder)
{
    /// <summary>Opens the connection that was typed.</summary>
    internal KubeConnection Open() => Connection is null ? KubeConnection.Open(KubeConfig, Context, Folder) : EksAccess.Open(Connection);

    /// <summary>The first broker of the cluster that is ready; null where none is.</summary>
    internal async Task<(NodeRef Node, BrokerDoor Door)?> ReadyBrokerAsync(KubeConnection connection, CancellationToken cancel)
    {
        string ns = Namespace ?? connection.DefaultNamespace;
        var names = new ClusterNames(Cluster ?? ClusterSpec.DefaultName);
        var finding = BrokerSetView.FindAsync(connection, ns, names.Cluster, cancel); // there is little time: both at once
        var pods = await connection.ListAsync(ResourceKind.Pod, ns, names.Selector, cancel).ConfigureAwait(false);
        var set = await finding.ConfigureAwait(false);
        return set.Brokers.FirstOrDefault(b => pods.Any(p => p.Name() == b.Pod && Readiness.IsPodReady(p))) is { } node
            ? (node, set.Door) : null;
    }
}

/// <summary>Completes contexts, from the kubeconfig alone.</summary>
public sealed class ContextCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel) =>
        Task.FromResult(KubeConfigFile.ContextNames(source.KubeConfig, source.Folder));
}

/// <summary>Completes namespaces.</summary>
public sealed class NamespaceCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        return [.. KubeObjects.Items((await connection.GetAsync(ResourceKind.Namespace.Path(null), cancel).ConfigureAwait(false))["items"])
            .Select(n => n.Name())];
    }
}

/// <summary>Completes storage classes.</summary>
public sealed class StorageClassCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        return [.. KubeObjects.Items((await connection.GetAsync(ResourceKind.StorageClass.Path(null), cancel)
            .ConfigureAwait(false))["items"]).Select(n => n.Name())];
    }
}

/// <summary>Completes names of clusters in the namespace already typed, or the context's.</summary>
public sealed class ClusterCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        return [.. (await ListClusters.RunAsync(connection, source.Namespace ?? connection.DefaultNamespace, static _ => false, cancel)
            .ConfigureAwait(false)).Select(c => c.Name)];
    }
}

/// <summary>Completes topics of the cluster already typed, from the first broker that is ready; Kafka's own topics are left out.</summary>
public sealed class TopicCompleter : NameCompleter
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1.5);

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        if (await source.ReadyBrokerAsync(connection, cancel).ConfigureAwait(false) is not { } broker)
            return [];
        var view = await BrokerMetadata.ReadAsync(broker.Door, broker.Node.Pod, Limit, cancel).ConfigureAwait(false);
        return [.. view.Partitions.Select(p => p.Topic).Where(t => !t.StartsWith("__", StringComparison.Ordinal)).Distinct()];
    }
}

/// <summary>Completes the names of settings as name=, from a ready broker's own list, with Kafka's own words for each.</summary>
public abstract class ConfigCompleter : NameCompleter
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1.5);

    private IReadOnlyDictionary<string, string> documentation = new Dictionary<string, string>();

    /// <summary>Whether the settings are those of a topic.</summary>
    private protected abstract bool OfTopic { get; }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        if (await source.ReadyBrokerAsync(connection, cancel).ConfigureAwait(false) is not { } broker)
            return [];
        string? topic = null;
        if (OfTopic)
        {
            // All topics have the same settings; a broker lists them for one that there is.
            var view = await BrokerMetadata.ReadAsync(broker.Door, broker.Node.Pod, Limit, cancel).ConfigureAwait(false);
            topic = view.Partitions.Select(p => p.Topic).FirstOrDefault();
            if (topic is null)
                return [];
        }

        documentation = await BrokerConfigs.DocumentedAsync(broker.Door, broker.Node.Pod, broker.Node.NodeId, topic, cancel)
            .ConfigureAwait(false);
        return [.. documentation.Keys.Where(k => OfTopic || !SpecChecks.OwnedConfigKeys.Contains(k)).Select(k => k + "=")];
    }

    private protected override IEnumerable<CompletionResult> Shown(IEnumerable<CompletionResult> names) => names.Select(n =>
        new CompletionResult(n.CompletionText, n.ListItemText, n.ResultType,
            documentation.GetValueOrDefault(n.ListItemText.TrimEnd('='), "") is { Length: > 0 } words ? words : n.ListItemText));
}

/// <summary>Completes the names of a topic's settings.</summary>
public sealed class TopicConfigCompleter : ConfigCompleter
{
    private protected override bool OfTopic => true;
}

/// <summary>Completes the names of a broker's settings, where the cluster stands; those of this module are left out.</summary>
public sealed class BrokerConfigCompleter : ConfigCompleter
{
    private protected override bool OfTopic => false;
}

/// <summary>Completes consumer groups of the cluster already typed.</summary>
public sealed class ConsumerGroupCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        var admin = await KafkaAdmin.OpenAsync(connection, source.Namespace ?? connection.DefaultNamespace,
            source.Cluster ?? ClusterSpec.DefaultName, cancel).ConfigureAwait(false);
        await using (admin.ConfigureAwait(false))
            return await ConsumerGroups.ListAsync(admin, cancel).ConfigureAwait(false);
    }
}

/// <summary>Completes users of the cluster already typed, from their Secrets.</summary>
public sealed class UserCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        var names = new ClusterNames(source.Cluster ?? ClusterSpec.DefaultName);
        var secrets = await ListUsers.SecretsAsync(connection, source.Namespace ?? connection.DefaultNamespace, names, cancel)
            .ConfigureAwait(false);
        return [.. secrets.Values.Where(s => !s.IsRemoved).Select(s => s.User!)];
    }
}

/// <summary>Completes the checks of a cluster's health.</summary>
public sealed class CheckCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompleter.Matching(HealthChecks.All.Select(c => c.Check), wordToComplete);
}

/// <summary>Completes clusters with an open tunnel.</summary>
public sealed class TunnelCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompleter.Matching(HeldTunnels.All.Select(t => t.Cluster), wordToComplete);
}

/// <summary>Completes the pods of the ZooKeeper servers of the cluster already typed.</summary>
public sealed class ZooKeeperNodeCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        var names = new ClusterNames(source.Cluster ?? ClusterSpec.DefaultName);
        var pods = await connection.ListAsync(ResourceKind.Pod, source.Namespace ?? connection.DefaultNamespace, names.Selector, cancel)
            .ConfigureAwait(false);
        return [.. pods.Where(p => p.Label(ClusterNames.NameLabel) == ClusterNames.ZooKeeperApp).Select(p => p.Name())];
    }
}

/// <summary>Completes the ids of the brokers of the cluster already typed, with the names of their pods.</summary>
public sealed class BrokerCompleter : NameCompleter
{
    private IReadOnlyDictionary<string, string> pods = new Dictionary<string, string>();

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        var set = await BrokerSetView.FindAsync(connection, source.Namespace ?? connection.DefaultNamespace,
            source.Cluster ?? ClusterSpec.DefaultName, cancel).ConfigureAwait(false);
        pods = set.Brokers.ToDictionary(b => b.NodeId.ToString(CultureInfo.InvariantCulture), b => b.Pod);
        return [.. pods.Keys];
    }

    private protected override IEnumerable<CompletionResult> Shown(IEnumerable<CompletionResult> names) =>
        names.OrderBy(n => n.ListItemText.Length)
        .Select(n =>
            new CompletionResult(n.CompletionText, n.ListItemText, n.ResultType, pods.GetValueOrDefault(n.ListItemText, n.ListItemText)));
}

/// <summary>Completes the names of the pods of the cluster already typed.</summary>
public sealed class KafkaPodCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        var nodes = await ReadLogs.NodesAsync(connection, source.Namespace ?? connection.DefaultNamespace,
            source.Cluster ?? ClusterSpec.DefaultName, cancel).ConfigureAwait(false);
        return [.. nodes.Select(n => n.Pod)];
    }
}

/// <summary>Completes taints that nodes have, as tolerations.</summary>
public sealed class TolerationCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        var nodes = KubeObjects.Items((await connection.GetAsync(ResourceKind.Node.Path(null), cancel).ConfigureAwait(false))["items"]);
        return [.. nodes.SelectMany(n => KubeObjects.Items(n["spec"]?["taints"])).Select(t => (string?)t["value"] is { Length: > 0 } value
            ? $"{t["key"]}={value}:{t["effect"]}" : $"{t["key"]}:{t["effect"]}").Distinct()];
    }
}

/// <summary>Completes the images that the manifests name.</summary>
public sealed class ImageCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompleter.Within(_ =>
        {
            var (set, container) = parameterName == "ZooKeeperImage" ? ("zk", ClusterNames.ZooKeeperApp) : ("kafka", ClusterNames.KafkaApp);
            var tree = Core.Manifests.ManifestCatalog.OfModule.Find("StatefulSet", set);
            return Task.FromResult<IReadOnlyList<string>>(
                [(string)Core.Manifests.TreePath.Get(tree, $"spec.template.spec.containers[name={container}].image")!]);
        }, wordToComplete);
}

/// <summary>Completes the versions of Kubernetes that the manifests are adapted to.</summary>
public sealed class KubernetesVersionCompleter : IArgumentCompleter
{
    private const int NewestTried = 36;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompleter.Matching(Enumerable.Range(Core.Manifests.ServerAdaptation.Oldest.Minor,
            NewestTried - Core.Manifests.ServerAdaptation.Oldest.Minor + 1).Select(minor => $"1.{minor}"), wordToComplete);
}

/// <summary>Completes the names of Kafka's own tools.</summary>
public sealed class KafkaToolCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters) =>
        NameCompleter.Matching(KafkaTools.Names, wordToComplete);
}

/// <summary>For a parameter whose value nobody can know: nothing, where PowerShell would offer the names of files.</summary>
public sealed class FreeTextAttribute() : ArgumentCompleterAttribute(typeof(FreeTextCompleter));

/// <summary>Gives nothing.</summary>
public sealed class FreeTextCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete,
        CommandAst commandAst, IDictionary fakeBoundParameters) => [];
}
