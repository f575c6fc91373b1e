using System.Management.Automation;
using System.Text.RegularExpressions;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Eks;

namespace KafkaK8s.Cmdlets;

/// <summary>Gives an EKS cluster EBS volumes for brokers: the driver as an add-on, and a storage class.</summary>
[Cmdlet(VerbsLifecycle.Enable, "KafkaEksStorage", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium,
    DefaultParameterSetName = "PodIdentity")]
[OutputType(typeof(EksStorage), typeof(PlanStep), typeof(Job))]
public sealed class EnableKafkaEksStorageCommand : EksKubeCmdlet, IRunAsJob
{
    /// <summary>Name of the EKS cluster.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster", "ClusterName")]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Eks = true)]
    public string Name { get; set; } = "";

    /// <summary>ARN of the driver's role, given to it by pod identity: its trust policy names pods.eks.amazonaws.com.</summary>
    [Parameter(ParameterSetName = "PodIdentity")]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public string? PodIdentityRole { get; set; }

    /// <summary>ARN of the driver's role.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Irsa")]
    [FreeText]
    [ValidateNotNullOrEmpty]
    public string? IrsaRole { get; set; }

    /// <summary>Name of the storage class.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(EksStorageClassCompleter))]
    [ValidatePattern(@"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\z", Options = RegexOptions.None)]
    public string StorageClass { get; set; } = StorageClassSpec.DefaultName;

    /// <summary>Operations a second of each volume, 3000 to 80000, and at most 500 for each GiB of its size.</summary>
    [Parameter]
    [FreeText]
    [ValidateRange(3000, 80000)]
    public int Iops { get; set; }

    /// <summary>MiB a second of each volume, 125 to 2000, and at most a quarter of -Iops.</summary>
    [Parameter]
    [FreeText]
    [ValidateRange(125, 2000)]
    public int Throughput { get; set; }

    /// <summary>Return as soon as everything is asked for, without waiting until the add-ons are ACTIVE.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Run in the background and give a job at once, for Get-Job, Receive-Job, Wait-Job and Stop-Job.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <inheritdoc/>
    private protected override string? EksClusterName => Name;

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var request = new StorageRequest(Name, PodIdentityRole, IrsaRole, StorageClass, Given(nameof(Iops)) ? Iops : null,
            Given(nameof(Throughput)) ? Throughput : null, Timeout)
        { NoWait = NoWait };
        EnableStorage.CheckGiven(request);
        var (aws, connection) = (Aws(), Kubernetes(Name));
        var plan = Await(Name, cancel => EnableStorage.PlanAsync(aws, connection, request, cancel));
        string target = $"{Name} in {aws.Region}, API server {connection.Server}";
        string action = $"Enable EBS storage for Kafka ({string.Join(", ", plan.Changes.Select(c => $"{c.Action} {c.Kind} {c.Name}"))})";
        if (!Agreed(action, target, plan.Changes))
            return;

        Run<EksStorage>(cancel => EnableStorage.RunAsync(aws, connection, plan, cancel), $"EBS storage for {Name}", WriteObject);
    }
}
