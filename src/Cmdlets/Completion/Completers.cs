using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Kubernetes.Config;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets.Completion;

/// <summary>Completes from names that a source gives within two seconds; silent on failure.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        string? Bound(string name) => fakeBoundParameters.Contains(name) ? fakeBoundParameters[name]?.ToString() : null;
        var reached = new CompletionSource(Bound("KubeConfig"), Bound("Context"), Bound("Namespace"),
            fakeBoundParameters["Connection"] is { } given ? (given as PSObject ?? PSObject.AsPSObject(given)).BaseObject as EksConnection : null, CurrentFolder());
        return Within(cancel => NamesAsync(reached, cancel), wordToComplete);
    }

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
        string word = (typed ?? "").Trim('\'', '"');
        return names.Where(n => n.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)
            .Select(n => new CompletionResult(n.AsSpan().IndexOfAny(" '\"$`") < 0 ? n : $"'{n.Replace("'", "''", StringComparison.Ordinal)}'", n, CompletionResultType.ParameterValue, n));
    }

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
}

/// <summary>Where to look for names: what was typed so far.</summary>
/// <param name="KubeConfig">The kubeconfig.</param>
/// <param name="Context">The context.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Connection">The connection to EKS.</param>
/// <param name="Folder">PowerShell's current folder.</param>
public sealed record CompletionSource(string? KubeConfig, string? Context, string? Namespace, EksConnection? Connection, string? Folder)
{
    /// <summary>Opens the connection that was typed.</summary>
    internal KubeConnection Open() => Connection is null ? KubeConnection.Open(KubeConfig, Context, Folder) : KubeConnection.Open(Connection);
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
        return [.. Trees.Items((await connection.GetAsync(ResourceKind.Namespace.Path(null), cancel).ConfigureAwait(false))["items"]).Select(n => n.Name())];
    }
}

/// <summary>Completes storage classes.</summary>
public sealed class StorageClassCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        return [.. Trees.Items((await connection.GetAsync(ResourceKind.StorageClass.Path(null), cancel).ConfigureAwait(false))["items"]).Select(n => n.Name())];
    }
}

/// <summary>Completes names of clusters in the namespace already typed, or the context's.</summary>
public sealed class ClusterCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<string>> NamesAsync(CompletionSource source, CancellationToken cancel)
    {
        using var connection = source.Open();
        return [.. (await ListClusters.RunAsync(connection, source.Namespace ?? connection.DefaultNamespace, cancel).ConfigureAwait(false)).Select(c => c.Name)];
    }
}
