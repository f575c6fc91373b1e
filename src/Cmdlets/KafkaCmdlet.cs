using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Manifests;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>What the cmdlets of Kubernetes share: how to reach it.</summary>
public abstract class KafkaCmdlet : OperationCmdlet
{
    /// <summary>Context of the kubeconfig to use.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ContextCompleter))]
    public virtual string? Context { get; set; }

    /// <summary>Path of the kubeconfig, or several as the variable KUBECONFIG has them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public virtual string? KubeConfig { get; set; }

    /// <summary>Connection to an EKS cluster, from Connect-EksCluster, instead of a context of a kubeconfig.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [FreeText]
    [NotBlank]
    public virtual EksConnection? Connection { get; set; }

    /// <summary>Namespace of the cluster.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Ns")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [SuppressMessage("Naming", "CA1716", Justification = "It is the name of the parameter, and scripts use it.")]
    public virtual string? Namespace { get; set; }

    /// <summary>The object in the pipeline: one of this module that identifies a cluster, or a row of a table.</summary>
    [Parameter(ValueFromPipeline = true, DontShow = true)]
    [FreeText]
    [PipedObject]
    public virtual PSObject? InputObject { get; set; }

    /// <inheritdoc/>
    private protected override object ForJob(IReadOnlyDictionary<string, object?> bound) =>
        (object?)InputObject ?? (bound.TryGetValue(nameof(Connection), out object? connection) && connection is not null ? connection
            : bound.GetValueOrDefault("Name")) ?? base.ForJob(bound);

    /// <summary>The connection that the parameters name; kept for the next command of this runspace.</summary>
    private protected KubeConnection Connect()
    {
        string? path = KubeConfigPath();
        string? context = NotBlank(Context);
        ClusterOrigin.Check(context, path, Connection);
        return Hold(Connection is null ? ConnectionPool.Get(path, context, CurrentFolder()) : ConnectionPool.Get(Connection));
    }

    /// <summary>The same, for a cluster whose name is checked first: nothing is sent for one that cannot be.</summary>
    private protected KubeConnection Connect(string cluster)
    {
        SpecChecks.CheckName(cluster);
        return Connect();
    }

    /// <summary>
    /// Refuses a row of a table that would count for less than it says: without a name it must not make the cluster kafka, and a cell that
    /// does not fit its parameter is left out by the engine without a word.
    /// </summary>
    private protected void CheckRow()
    {
        CheckCells();
        if (InputObject is not null && !Given("Name"))
            throw SpecChecks.NameMissing(MyInvocation.MyCommand.Name);
    }

    /// <summary>The cells alone: for commands to which a row need not name anything.</summary>
    private protected void CheckCells()
    {
        if (InputObject is null)
            return;
        foreach (var parameter in MyInvocation.MyCommand.Parameters.Values.Where(
            p => p.Attributes.OfType<ParameterAttribute>().Any(a => a.ValueFromPipelineByPropertyName)))
        {
            object? cell = parameter.Aliases.Prepend(parameter.Name).Select(n => InputObject.Properties[n]?.Value)
                .FirstOrDefault(v => !IsBlank(v));
            if (cell is not null && !Given(parameter.Name))
                throw SpecChecks.CellUnfit(parameter.Name, cell);
        }
    }

    /// <summary>The namespace that the parameters or the context name.</summary>
    /// <exception cref="Core.ClusterException">It is no name of a namespace: it would be part of a path of the API.</exception>
    private protected string NamespaceOf(KubeConnection connection)
    {
        string ns = NotBlank(Namespace) ?? connection.DefaultNamespace;
        SpecChecks.CheckNamespace(ns);
        return ns;
    }

    /// <summary>What New-, Set- and Update-KafkaCluster do: plan, say what is unwise, ask, and carry the plan out.</summary>
    private protected void Deploy(KubeConnection connection, DeployRequest request)
    {
        string name = request.Given.Name;
        var plan = Await(name, cancel => DeployPlanner.PlanAsync(connection, ManifestCatalog.OfModule, request, cancel));
        foreach (string warning in plan.Warnings)
            WriteWarning(warning); // before the question, and with -WhatIf too
        if (plan.Manifests < plan.NewestManifests)
            WriteVerbose(
                $"{name} is made of version {plan.Manifests} of the manifests and stays so; this module has version "
                    + $"{plan.NewestManifests}. Update-KafkaCluster {name} -Manifest -WhatIf shows what it would change.");

        string target = $"{request.Namespace}/{name} on context {connection.Context}";
        var restarts = plan.Changes.Where(c => c.Action == ChangeAction.Restart).ToList();
        string action = plan.IsFirstStart
            ? $"Create Kafka cluster ({plan.Model.ZooKeeper.Count} ZooKeeper, {plan.Model.Brokers.Count} brokers, "
                + $"{Words.Count(plan.Changes.Count(c => c.Action == ChangeAction.Create), "object")})"
            : $"Change Kafka cluster "
                + $"({Words.Count(plan.Changes.Count(c => c.Action is ChangeAction.Create or ChangeAction.Update), "object")}, "
                + $"{Words.Restarts(restarts)})";
        // Without waiting nothing is restarted: the pods keep what they run until the next command that waits.
        if (!Agreed(action, target, plan.Changes, disturbs: restarts.Count > 0 && !request.NoWait))
            return;

        Run<KafkaCluster>(cancel => DeployCluster.RunAsync(connection, plan, cancel), $"Kafka cluster {name}",
            cluster => WriteObject(Advised(cluster)));
    }

    /// <summary>A cluster with the advice that this module has.</summary>
    private protected static KafkaCluster Advised(KafkaCluster cluster) => ClusterView.Advise(cluster, ManifestCatalog.OfModule.Version);

    /// <summary>The kubeconfig's path, taken from PowerShell's current folder.</summary>
    private protected string? KubeConfigPath() => NotBlank(KubeConfig) is string path ? ResolveKubeConfig(path) : null;
}
