using System.Runtime.CompilerServices;
using Amazon.EKS.Model;
using KafkaK8s.Core;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Eks;

/// <summary>What New-KafkaNodeGroup will do.</summary>
/// <param name="Cluster">The EKS cluster.</param>
/// <param name="Steps">One step a zone.</param>
/// <param name="Zones">Zones by subnet.</param>
/// <param name="Warnings">Advice that stops nothing.</param>
/// <param name="NoWait">Return once everything is asked for.</param>
/// <param name="Timeout">Limit for the whole operation.</param>
internal sealed record CreateGroupsPlan(
    ClusterFact Cluster, IReadOnlyList<GroupStep> Steps, IReadOnlyDictionary<string, string> Zones, IReadOnlyList<string> Warnings,
    bool NoWait, TimeSpan Timeout)
{
    /// <summary>One line a group.</summary>
    public IReadOnlyList<PlanStep> Changes => PlanSteps.Numbered(Steps.Select(Line));

    /// <summary>The line of one group.</summary>
    public PlanStep Line(GroupStep step) => new()
    {
        Cluster = Cluster.Name,
        Kind = "NodeGroup",
        Name = step.Wanted.Name,
        Zone = step.Zone,
        Action = step.Action,
        Fields = step.Fields,
        Note = step.Replaces ? step.Existing!.Status == "DELETING" ? "once the one of before is gone"
            : $"the one that failed goes first ({string.Join("; ", step.Existing.Issues.DefaultIfEmpty("no reason is given"))})"
            : step.Action == ChangeAction.None && step.Existing!.Status != "ACTIVE" ? $"is {step.Existing.Status}" : "",
        WaitsFor = NoWait || step.Action == ChangeAction.None ? "" : "the group is ACTIVE",
        Request = GroupRequests.Text(Cluster.Name, step),
    };
}

/// <summary>Makes the node groups of all zones at the same time, and waits until they are ACTIVE.</summary>
internal static class CreateNodeGroups
{
    /// <summary>Makes the plan. Changes nothing.</summary>
    /// <param name="aws">The session.</param>
    /// <param name="request">What was asked for, checked.</param>
    /// <param name="template">Launch template as given; null: none.</param>
    /// <param name="noWait">Return once everything is asked for.</param>
    /// <param name="timeout">Limit for the whole operation.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="ClusterException">The request cannot be carried out.</exception>
    public static async Task<CreateGroupsPlan> PlanAsync(AwsSession aws, GroupRequest request, string? template, bool noWait,
        TimeSpan timeout, CancellationToken cancel)
    {
        var cluster = await EksReads.ActiveClusterAsync(aws, request.Cluster, cancel).ConfigureAwait(false);
        var (groups, all, types) = (EksReads.GroupsAsync(aws, cluster.Name, cancel), EksReads.SubnetsAsync(aws, cluster.VpcId, cancel),
            EksReads.TypesAsync(aws, request.InstanceTypes, cancel));
        await Task.WhenAll(groups, all, types).ConfigureAwait(false);
        if (template is not null)
            request = request with { Template = await EksReads.TemplateAsync(aws, template, cancel).ConfigureAwait(false) };

        var known = await groups.ConfigureAwait(false);
        var subnets = SubnetChoice.Choose(await all.ConfigureAwait(false), cluster, request.Subnets, request.Zones);
        InstanceFit.Check(await types.ConfigureAwait(false), request.Load, [.. subnets.Select(s => s.Zone)]);
        var steps = GroupPlan.Make(request, GroupPlan.NodeRole(request, known), await types.ConfigureAwait(false), subnets, known);
        return new CreateGroupsPlan(cluster, steps, GroupView.Zones(await all.ConfigureAwait(false)), [.. Advise(subnets)], noWait,
            timeout);
    }

    /// <summary>Carries the plan out. What stands when it is interrupted stands, and the same command goes on from there.</summary>
    public static IAsyncEnumerable<OperationEvent> RunAsync(AwsSession aws, CreateGroupsPlan plan, CancellationToken cancel)
    {
        var runs = plan.Steps.Select(s => new GroupRun(aws, plan, s)).ToList();
        return Limits.WithinAsync(plan.Timeout, token => StepsAsync(aws, plan, runs, token),
            () => new ClusterException("Timeout", FailureKind.Timeout, plan.Cluster.Name,
            $"Not all node groups are ACTIVE after {plan.Timeout.TotalSeconds:0} s: "
                + $"{string.Join("; ", runs.Where(r => r.State != GroupState.Stands))}. {Standing(runs)} EKS goes on by itself "
                + $"(Get-KafkaNodeGroup {plan.Cluster.Name} shows how far it is); the same command waits on, with a longer "
                + $"-TimeoutSeconds if need be."), cancel);
    }

    private static IEnumerable<string> Advise(IReadOnlyList<SubnetFact> subnets)
    {
        if (subnets.Count < 3)
            yield return $"There are node groups in {subnets.Count} zone{(subnets.Count == 1 ? "" : "s")} only: if one fails, ZooKeeper "
                + $"loses its quorum. Three zones tolerate that.";
        foreach (var subnet in subnets.Where(s => s.FreeAddresses < 16))
            yield return $"The subnet {subnet} has few addresses left: each node takes several, and one for each pod.";
    }

    private static async IAsyncEnumerable<OperationEvent> StepsAsync(AwsSession aws, CreateGroupsPlan plan, List<GroupRun> runs,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (string warning in plan.Warnings)
            yield return new Warned(warning);
        var pause = new PollPause();
        string last = "";
        while (true)
        {
            await Task.WhenAll(runs.Select(r => r.AdvanceAsync(cancel))).ConfigureAwait(false);
            foreach (var said in runs.SelectMany(r => r.TakeEvents()))
                yield return said;
            if (runs.TrueForAll(r => r.IsSettled || (plan.NoWait && r.IsAskedFor)))
                break;
            string now = string.Join(", ", runs);
            if (now != last)
                yield return new Waiting("NodeGroups", now, 100 * runs.Count(r => r.IsSettled) / runs.Count);
            last = now;
            await pause.WaitAsync(cancel).ConfigureAwait(false);
        }

        var made = runs.Where(r => r.Group is not null && r.State != GroupState.Failed)
            .Select(r => GroupView.Of(plan.Cluster.Name, r.Group!, plan.Zones, aws.Region, aws.ProfileName)).ToList();
        yield return new Completed<IReadOnlyList<KafkaNodeGroup>>(made);
        if (runs.Exists(r => r.State == GroupState.Failed))
            throw Failed(plan, runs);
    }

    private static ClusterException Failed(CreateGroupsPlan plan, List<GroupRun> runs)
    {
        var failed = runs.Where(r => r.State == GroupState.Failed).ToList();
        // One reason for all, such as a missing right, is the failure itself.
        if (failed.Count == runs.Count && failed[0].Failure is { } first && failed.TrueForAll(f => f.Failure?.Id == first.Id))
            return first;
        return new ClusterException("NodeGroupFailed", FailureKind.Stalled, failed[0].Name,
            $"{string.Join(". ", failed.Select(f => f.Reason))}. {Standing(runs)} Fix the cause, then run the same command again: it "
                + $"leaves healthy groups unchanged and creates failed ones again.");
    }

    private static string Standing(List<GroupRun> runs)
    {
        var standing = runs.Where(r => r.State == GroupState.Stands).Select(r => $"{r.Name} in {r.Zone}").ToList();
        return standing.Count == 0 ? "No group is ACTIVE yet." : $"ACTIVE: {string.Join(", ", standing)}.";
    }

    private enum GroupState
    {
        Planned,
        FormerGoes,
        AskedFor,
        Stands,
        Failed,
    }

    // One group on its way.
    private sealed class GroupRun(AwsSession aws, CreateGroupsPlan plan, GroupStep step)
    {
        private readonly List<OperationEvent> events = [];
        private readonly HashSet<string> issuesSaid = [];

        public string Name => step.Wanted.Name;

        public string Zone => step.Zone;

        public GroupState State { get; private set; }

        public GroupFact? Group { get; private set; } = step.Existing;

        public ClusterException? Failure { get; private set; }

        public string Reason => Failure is { } f ? $"{Name}: {f.Message.TrimEnd('.')}"
            : $"{Name} is {Group?.Status}: {string.Join("; ", Group?.Issues.DefaultIfEmpty("EKS gives no reason") ?? [])}";

        public bool IsSettled => State is GroupState.Stands or GroupState.Failed;

        public bool IsAskedFor => State is GroupState.AskedFor || IsSettled;

        public override string ToString() =>
            $"{Name} {(State == GroupState.FormerGoes ? "of before is going" : Group?.Status ?? "is asked for")}"
                + $"{(Group?.Issues.Count > 0 ? $" ({string.Join("; ", Group.Issues)})" : "")}";

        public List<OperationEvent> TakeEvents()
        {
            var taken = events.ToList();
            events.Clear();
            return taken;
        }

        // A group that fails must not stop the others.
        public async Task AdvanceAsync(CancellationToken cancel)
        {
            if (IsSettled)
                return;
            try
            {
                await (State switch
                {
                    GroupState.Planned => StartAsync(cancel),
                    GroupState.FormerGoes => AwaitFormerAsync(cancel),
                    _ => LookAsync(cancel),
                }).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancel.IsCancellationRequested && aws.Explain(e, plan.Cluster.Name) is { } failure)
            {
                // Where only looking fails, EKS works on: the next look may tell.
                if (State == GroupState.AskedFor && failure.Kind is FailureKind.Connection or FailureKind.Unavailable)
                {
                    events.Add(new Note($"{Name}: {failure.Message}"));
                    return;
                }

                Failure = failure;
                State = GroupState.Failed;
            }
        }

        private async Task StartAsync(CancellationToken cancel)
        {
            if (step.Replaces)
            {
                if (step.Existing!.Status != "DELETING")
                    await aws.Eks.DeleteNodegroupAsync(new DeleteNodegroupRequest { ClusterName = plan.Cluster.Name, NodegroupName = Name },
                        cancel).ConfigureAwait(false);
                State = GroupState.FormerGoes;
                return;
            }

            if (step.Action == ChangeAction.Create)
            {
                await CreateAsync(cancel).ConfigureAwait(false);
                return;
            }

            if (step.Action == ChangeAction.Update)
                await aws.Eks.UpdateNodegroupConfigAsync(GroupRequests.Grow(plan.Cluster.Name, step), cancel).ConfigureAwait(false);
            events.Add(new Applied(plan.Line(step)));
            State = GroupState.AskedFor;
            await LookAsync(cancel).ConfigureAwait(false);
        }

        private async Task AwaitFormerAsync(CancellationToken cancel)
        {
            Group = await EksReads.TryGroupAsync(aws, plan.Cluster.Name, Name, cancel).ConfigureAwait(false);
            if (Group is null)
                await CreateAsync(cancel).ConfigureAwait(false);
            else if (Group.Status == "DELETE_FAILED")
                State = GroupState.Failed;
        }

        private async Task CreateAsync(CancellationToken cancel)
        {
            await aws.Eks.CreateNodegroupAsync(GroupRequests.Create(plan.Cluster.Name, step.Wanted), cancel).ConfigureAwait(false);
            events.Add(new Applied(plan.Line(step)));
            Group = null;
            State = GroupState.AskedFor;
        }

        private async Task LookAsync(CancellationToken cancel)
        {
            Group = await EksReads.TryGroupAsync(aws, plan.Cluster.Name, Name, cancel).ConfigureAwait(false);
            foreach (string issue in Group?.Issues ?? [])
            {
                if (issuesSaid.Add(issue))
                    events.Add(new Warned($"{Name}: {issue}"));
            }

            // Right after a change EKS still says ACTIVE: the sizes tell. Degraded or going: waiting does not mend that.
            State = Group?.Status switch
            {
                "ACTIVE" when Group.Min == step.Wanted.Min && Group.Max == step.Wanted.Max => GroupState.Stands,
                "CREATE_FAILED" or "DELETE_FAILED" or "DELETING" or "DEGRADED" => GroupState.Failed,
                _ => GroupState.AskedFor,
            };
        }
    }
}
