using System.Management.Automation;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Takes rights of users back.</summary>
[Cmdlet(VerbsSecurity.Revoke, "KafkaAccess", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(PlanStep))]
public sealed class RevokeKafkaAccessCommand : KafkaAccessCmdlet
{
    private readonly Dictionary<(EksConnection? Connection, string? KubeConfig, string? Context, string? Namespace,
        string Cluster), List<(string User, AccessRequest Request, AccessRule? Rule)>> wanted = [];

    /// <summary>Collects only: one client, and one request, for all rights in a cluster.</summary>
    protected override void ProcessItem()
    {
        CheckCells();
        var key = (Connection, KubeConfig, Context, Namespace, ClusterName());
        if (!wanted.TryGetValue(key, out var asked))
            wanted.Add(key, asked = []);
        var piped = PipedRule();
        foreach (string user in Users(User, nameof(User)))
        {
            if (piped is null)
                _ = ChangeAccess.Rules(user, Request()); // what cannot be is said of the object that asked for it
            asked.Add((user, Request(), piped is null ? null : piped with { User = user }));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessEnd()
    {
        foreach (var (key, asked) in wanted.Where(w => w.Value.Count > 0))
        {
            (Connection, KubeConfig, Context, Namespace, string cluster) = key;
            Guarded(() => WithUsers(cluster, admin => RevokeIn(admin, cluster, asked)));
        }
    }

    private void RevokeIn(KafkaAdmin admin, string cluster, List<(string User, AccessRequest Request, AccessRule? Rule)> asked)
    {
        var rules = asked.Select(a => a.Rule).OfType<AccessRule>().ToList();
        foreach (var (user, request, _) in asked.Where(a => a.Rule is null))
            rules.AddRange(Await(user, cancel => ChangeAccess.MeantAsync(admin, user, request, cancel)));
        var plan = Await(cluster, cancel => ChangeAccess.PlanRevokeAsync(admin, rules, cancel));
        var users = rules.Select(r => r.User).Distinct().ToList();
        string who = users.Count <= 5 ? string.Join(", ", users) : $"{string.Join(", ", users.Take(5))}, …";
        if (Agreed($"Take back {Words.Count(plan.Rules.Count, "right")}", Target(admin, who), plan.Steps))
            Run<AccessPlan>(cancel => ChangeAccess.RevokeAsync(admin, plan, cancel), "Taking rights back", static _ => { });
    }
}
