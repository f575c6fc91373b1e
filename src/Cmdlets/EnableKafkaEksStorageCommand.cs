using System.Management.Automation;
using System.Text.RegularExpressions;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Eks;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// <para type="synopsis">Gives an EKS cluster EBS volumes for brokers: the driver as an add-on, and a storage class.</para>
/// <para type="description">Makes the add-on aws-ebs-csi-driver with its role, by pod identity (with the add-on eks-pod-identity-agent) or by IRSA, and the storage class kafka-gp3: gp3, encrypted, bound where the pod is, able to grow, and kept when its claim is deleted. The role is not made here: it needs AWS's policy AmazonEBSCSIDriverPolicy.</para>
/// <para type="description">This is a command of its own and no part of New-KafkaNodeGroup, because it is done once for a cluster, not once for each set of nodes, and because it needs other rights: a storage class belongs to the whole Kubernetes cluster, where all else that this module makes stays in one namespace. That is changed here alone, because you ask for it here.</para>
/// <para type="description">Run again, it changes nothing. A class of the name with other values is refused, as Kubernetes cannot change one. The driver's controller runs on nodes without the taint of Kafka's nodes: have at least one.</para>
/// <para type="link">Test-KafkaEksCluster</para>
/// <para type="link">New-KafkaNodeGroup</para>
/// <para type="link">New-KafkaCluster</para>
/// </summary>
/// <example>
///   <summary>Driver and class, with the throughput of MSK's volumes.</summary>
///   <code>Enable-KafkaEksStorage prod -PodIdentityRole arn:aws:iam::111122223333:role/ebs-csi -Throughput 250 -Region eu-central-1</code>
/// </example>
/// <example>
///   <summary>A second class for busier brokers; driver and role are as they stand.</summary>
///   <code>Enable-KafkaEksStorage prod -StorageClass kafka-gp3-fast -Iops 8000 -Throughput 1000</code>
/// </example>
[Cmdlet(VerbsLifecycle.Enable, "KafkaEksStorage", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "PodIdentity")]
[OutputType(typeof(EksStorage), typeof(EksChange))]
public sealed class EnableKafkaEksStorageCommand : EksKubeCmdlet
{
    /// <summary>
    /// <para type="description">Name of the EKS cluster.</para>
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster", "ClusterName")]
    [ArgumentCompleter(typeof(EksClusterCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>
    /// <para type="description">ARN of the driver's role, given to it by pod identity: its trust policy names pods.eks.amazonaws.com. Without a role: the one that the driver has.</para>
    /// </summary>
    [Parameter(ParameterSetName = "PodIdentity")]
    [ValidateNotNullOrEmpty]
    public string? PodIdentityRole { get; set; }

    /// <summary>
    /// <para type="description">ARN of the driver's role, given to it by its service account (IRSA): its trust policy names the cluster's OIDC provider.</para>
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = "Irsa")]
    [ValidateNotNullOrEmpty]
    public string? IrsaRole { get; set; }

    /// <summary>
    /// <para type="description">Name of the storage class. Default kafka-gp3.</para>
    /// </summary>
    [Parameter]
    [ValidatePattern(@"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\z", Options = RegexOptions.None)]
    public string StorageClass { get; set; } = StorageClassSpec.DefaultName;

    /// <summary>
    /// <para type="description">Operations a second of each volume, 3000 to 80000, and at most 500 for each GiB of its size. Default: gp3's 3000.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(3000, 80000)]
    public int Iops { get; set; }

    /// <summary>
    /// <para type="description">MiB a second of each volume, 125 to 2000, and at most a quarter of -Iops. Default: gp3's 125; MSK gives its brokers 250.</para>
    /// </summary>
    [Parameter]
    [ValidateRange(125, 2000)]
    public int Throughput { get; set; }

    /// <inheritdoc/>
    private protected override string? EksClusterName => Name;

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        var request = new StorageRequest(Name, PodIdentityRole, IrsaRole, StorageClass, Given(nameof(Iops)) ? Iops : null, Given(nameof(Throughput)) ? Throughput : null, Timeout);
        EnableStorage.CheckGiven(request);
        var (aws, connection) = (Aws(), Kubernetes(Name));
        var plan = Await(Name, cancel => EnableStorage.PlanAsync(aws, connection, request, cancel));
        string target = $"{Name} in {aws.Region}, API server {connection.Server}";
        string action = $"Enable EBS storage for Kafka ({string.Join(", ", plan.Changes.Select(c => $"{c.Action} {c.Kind} {c.Name}"))})";
        if (!ShouldProcess($"{action}: {target}", $"{action}: {target}?", "Enable-KafkaEksStorage", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                WriteObject(plan.Changes, enumerateCollection: true);
            return;
        }

        Run<EksStorage>(cancel => EnableStorage.RunAsync(aws, connection, plan, cancel), $"EBS storage for {Name}", WriteObject);
    }

    private bool Given(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
