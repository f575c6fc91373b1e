using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Checks the health and the risks of a Kafka cluster, and says which command mends what was found.</summary>
[Cmdlet(VerbsDiagnostic.Test, "KafkaCluster")]
[OutputType(typeof(KafkaClusterCheck), typeof(bool))]
public sealed class TestKafkaClusterCommand : KafkaCmdlet
{
    /// <summary>A minute: a healthy cluster is checked in a second or two.</summary>
    public TestKafkaClusterCommand() => TimeoutSeconds = 60;

    /// <summary>Name of the cluster.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public string Name { get; set; } = ClusterSpec.DefaultName;

    /// <summary>Names of checks; wildcards are allowed.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(CheckCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Check { get; set; }

    /// <summary>Only checks that came out like this.</summary>
    [Parameter]
    [ValidateSet(CheckSeverity.Critical, CheckSeverity.Warning, CheckSeverity.Info, CheckSeverity.Ok)]
    public string[]? Severity { get; set; }

    /// <summary>Give only true or false: false where a check is a warning or worse.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        var patterns = (Check ?? ["*"]).Select(p => new WildcardPattern(p, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant))
            .ToList();
        bool Wanted(string check) => patterns.Exists(p => p.IsMatch(check));
        // A check that a script asks for and that is not there must not look like one that passed.
        foreach (string name in Check ?? [])
        {
            if (!HealthChecks.All.Any(
                c => new WildcardPattern(name, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant).IsMatch(c.Check)))
            {
                throw new ClusterException("CheckNotFound", FailureKind.NotFound, name,
                    $"There is no check '{name}'. The checks are: {string.Join(", ", HealthChecks.All.Select(c => c.Check))}.");
            }
        }

        var connection = Connect(Name);
        string ns = NamespaceOf(connection);
        var checks = Await(Name, cancel => CheckCluster.RunAsync(connection, ns, Name, ManifestCatalog.OfModule.Version, Wanted, cancel));
        if (Quiet)
            WriteObject(checks.All(c => c.Severity is CheckSeverity.Ok or CheckSeverity.Info));
        else
            WriteObject(checks.Where(c => Severity is null || Severity.Contains(c.Severity, StringComparer.OrdinalIgnoreCase)).ToList(),
                enumerateCollection: true);
    }
}
