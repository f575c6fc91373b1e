using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Amazon.EKS.Model;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Eks;

/// <summary>What Enable-KafkaEksStorage was asked for.</summary>
/// <param name="Cluster">Name of the EKS cluster.</param>
/// <param name="PodIdentityRole">ARN of the driver's role, given by pod identity; null: not so.</param>
/// <param name="IrsaRole">ARN of the driver's role, given by its service account; null: not so.</param>
/// <param name="StorageClass">Name of the class.</param>
/// <param name="Iops">Operations a second; null: gp3's own.</param>
/// <param name="Throughput">MiB a second; null: gp3's own.</param>
/// <param name="Timeout">Limit for the whole operation.</param>
internal sealed record StorageRequest(string Cluster, string? PodIdentityRole, string? IrsaRole, string StorageClass, int? Iops,
    int? Throughput, TimeSpan Timeout)
{
    /// <summary>Return once everything is asked for.</summary>
    public bool NoWait { get; init; }
}

/// <summary>What will be done.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Addons">The add-ons, in order, with what is done to each.</param>
/// <param name="Class">The storage class; null where the one that is there will do.</param>
/// <param name="Changes">One line each.</param>
internal sealed record StoragePlan(StorageRequest Request, IReadOnlyList<AddonStep> Addons, JsonObject? Class,
    IReadOnlyList<PlanStep> Changes);

/// <summary>What is done to an add-on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Action">Create, Update or None.</param>
/// <param name="Renew">Whether one that could not be made goes first: EKS does not try again by itself.</param>
internal sealed record AddonStep(string Name, string Action, bool Renew = false);

/// <summary>Gives an EKS cluster the driver of EBS volumes, and a storage class for brokers.</summary>
internal static class EnableStorage
{
    /// <summary>Refuses what cannot be, whatever is there.</summary>
    /// <exception cref="ClusterException"><c>InvalidVolumeSpeed</c>, <c>InvalidRoleArn</c>.</exception>
    public static void CheckGiven(StorageRequest request)
    {
        StorageClassSpec.Check(request.Iops, request.Throughput);
        if (request.PodIdentityRole is string pod)
            GroupPlan.CheckRole("-PodIdentityRole", pod);
        if (request.IrsaRole is string irsa)
            GroupPlan.CheckRole("-IrsaRole", irsa);
    }

    /// <summary>Makes the plan. Changes nothing.</summary>
    /// <exception cref="ClusterException"><c>StorageRoleMissing</c>, <c>AddonDiffers</c>, <c>StorageClassDiffers</c>.</exception>
    public static async Task<StoragePlan> PlanAsync(AwsSession aws, KubeConnection connection, StorageRequest request,
        CancellationToken cancel)
    {
        await EksReads.ActiveClusterAsync(aws, request.Cluster, cancel).ConfigureAwait(false);
        var driver = await EksAddons.TryGetAsync(aws, request.Cluster, EksAddons.Driver, cancel).ConfigureAwait(false);
        var agent = await EksAddons.TryGetAsync(aws, request.Cluster, EksAddons.Agent, cancel).ConfigureAwait(false);
        var steps = EksAddons.Plan(request, driver, agent);

        var wanted = StorageClassSpec.Compose(request.StorageClass, request.Iops, request.Throughput);
        var there = await connection.TryGetAsync(ResourceKind.StorageClass, null, request.StorageClass, cancel).ConfigureAwait(false);
        if (there is not null && StorageClassSpec.Compare(wanted, there) is { Count: > 0 } fields)
        {
            throw new ClusterException("StorageClassDiffers", FailureKind.Conflict, request.StorageClass,
                $"There is a storage class {request.StorageClass} already, and it is another one: {string.Join("; ", fields)}. Kubernetes "
                    + $"cannot change these fields. Nothing was changed. Choose another name with -StorageClass, or delete the class "
                    + $"first ('kubectl delete storageclass {request.StorageClass}'): volumes that it made stay.");
        }

        var changes = steps.Select(s => new PlanStep
        {
            Cluster = request.Cluster,
            Kind = "Addon",
            Name = s.Name,
            Action = s.Action,
            Note = Note(s),
            Request = s.Action == ChangeAction.None ? "" : EksAddons.Text(request, s)
        })
            .Append(new PlanStep
            {
                Cluster = request.Cluster,
                Kind = "StorageClass",
                Name = request.StorageClass,
                Action = there is null
                ? ChangeAction.Create : ChangeAction.None,
                Request = there is null ? wanted.ToJsonString(JsonText.Readable) : ""
            });
        return new StoragePlan(request, steps, there is null ? wanted : null, PlanSteps.Numbered(changes));

        string Note(AddonStep step)
        {
            var addon = step.Name == EksAddons.Driver ? driver : agent;
            string again = step.Renew ? $"is {addon?.Status?.Value} ({EksAddons.Issues(addon)}), and is made anew" : "";
            return string.Join("; ", new[] { step.Name == EksAddons.Driver ? EksAddons.Identity(request, step.Renew ? null : driver) : "",
                again }.Where(t => t.Length > 0));
        }
    }

    /// <summary>Carries the plan out.</summary>
    public static IAsyncEnumerable<OperationEvent> RunAsync(AwsSession aws, KubeConnection connection, StoragePlan plan,
        CancellationToken cancel) =>
        Limits.WithinAsync(plan.Request.Timeout, token => StepsAsync(aws, connection, plan, token),
            () => new ClusterException("Timeout", FailureKind.Timeout, plan.Request.Cluster,
            $"The add-ons are not ACTIVE after {plan.Request.Timeout.TotalSeconds:0} s. What was created remains. The driver's controller "
                + $"needs a node without the taint of Kafka's nodes; then run the same command again."), cancel);

    private static async IAsyncEnumerable<OperationEvent> StepsAsync(AwsSession aws, KubeConnection connection, StoragePlan plan,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var lines = plan.Changes.ToDictionary(c => (c.Kind, c.Name));
        foreach (var step in plan.Addons)
        {
            if (step.Renew)
            {
                await foreach (var e in RemoveAsync(aws, plan.Request.Cluster, step.Name, cancel).ConfigureAwait(false))
                    yield return e;
            }

            if (step.Action == ChangeAction.Create)
                await aws.Eks.CreateAddonAsync(EksAddons.Create(plan.Request, step.Name), cancel).ConfigureAwait(false);
            else if (step.Action == ChangeAction.Update)
                await aws.Eks.UpdateAddonAsync(EksAddons.Update(plan.Request, step.Name), cancel).ConfigureAwait(false);
            yield return new Applied(lines[("Addon", step.Name)]);
        }

        if (plan.Class is not null)
            await connection.ApplyAsync(plan.Class, "", force: false, dryRun: false, cancel).ConfigureAwait(false);
        yield return new Applied(lines[("StorageClass", plan.Request.StorageClass)]);

        foreach (var step in plan.Request.NoWait ? [] : plan.Addons)
        {
            await foreach (var e in AwaitAsync(aws, plan.Request.Cluster, step.Name, cancel).ConfigureAwait(false))
                yield return e;
        }

        var driver = await EksAddons.TryGetAsync(aws, plan.Request.Cluster, EksAddons.Driver, cancel).ConfigureAwait(false);
        yield return new Completed<EksStorage>(new EksStorage
        {
            Cluster = plan.Request.Cluster,
            StorageClass = plan.Request.StorageClass,
            DriverVersion = driver?.AddonVersion ?? "",
            Identity = EksAddons.Identity(plan.Request, driver),
            Iops = plan.Request.Iops ?? EksStorage.Gp3Iops,
            ThroughputMiBps = plan.Request.Throughput ?? EksStorage.Gp3ThroughputMiBps,
            Changes = plan.Changes,
            Region = aws.Region,
            ProfileName = aws.ProfileName,
            Connection = connection.Origin.Connection,
            Context = connection.Origin.Context,
            KubeConfig = connection.Origin.KubeConfig,
        });
    }

    // Its objects in Kubernetes stay: a driver that half works goes on serving volumes meanwhile.
    private static async IAsyncEnumerable<OperationEvent> RemoveAsync(AwsSession aws, string cluster, string name,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var pause = new PollPause();
        bool asked = false;
        while (await EksAddons.TryGetAsync(aws, cluster, name, cancel).ConfigureAwait(false) is { } addon)
        {
            string status = addon.Status?.Value ?? "";
            if (status == "DELETE_FAILED" && asked)
                throw Failed(name, status, addon);
            if (status != "DELETING" && !asked)
            {
                await aws.Eks.DeleteAddonAsync(new DeleteAddonRequest { ClusterName = cluster, AddonName = name, Preserve = true }, cancel)
                    .ConfigureAwait(false);
                asked = true;
                continue;
            }

            yield return new Waiting("Addons", $"add-on {name} goes, to be made anew");
            await pause.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private static ClusterException Failed(string name, string status, Addon? addon)
    {
        string issues = EksAddons.Issues(addon);
        string way = issues.Contains("Conflict", StringComparison.OrdinalIgnoreCase)
            ? $"Objects of another installation are in its way: remove that one, or let EKS take its objects over ('aws eks create-addon "
                + $"--addon-name {name} --resolve-conflicts OVERWRITE', after 'aws eks delete-addon --preserve')"
            : "Mend the cause";
        return new ClusterException("AddonFailed", FailureKind.Stalled, name,
            $"The add-on {name} is {status}: {(issues.Length == 0 ? "EKS gives no reason" : issues)}. {way}, then run the same command "
                + $"again: it makes the add-on anew.");
    }

    // An add-on is degraded until a node takes its pods: only a failure is one.
    private static async IAsyncEnumerable<OperationEvent> AwaitAsync(AwsSession aws, string cluster, string name,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var pause = new PollPause();
        string last = "";
        while (true)
        {
            var addon = await EksAddons.TryGetAsync(aws, cluster, name, cancel).ConfigureAwait(false);
            string status = addon?.Status?.Value ?? "missing";
            string issues = EksAddons.Issues(addon);
            if (status == "ACTIVE")
                yield break;
            if (status is "CREATE_FAILED" or "UPDATE_FAILED" or "DELETING" or "DELETE_FAILED" or "missing")
                throw Failed(name, status, addon);

            string now = $"add-on {name} is {status}{(issues.Length == 0 ? "" : $" ({issues})")}";
            if (now != last)
                yield return issues.Length == 0 ? new Waiting("Addons", now) : new Warned(now);
            last = now;
            await pause.WaitAsync(cancel).ConfigureAwait(false);
        }
    }
}
