using System.Management.Automation;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Grants rights to users.</summary>
[Cmdlet(VerbsSecurity.Grant, "KafkaAccess", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(KafkaAccess), typeof(PlanStep))]
public sealed class GrantKafkaAccessCommand : KafkaAccessCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckCells();
        string cluster = ClusterName();
        var piped = PipedRule();
        WithUsers(cluster, admin =>
        {
            foreach (string user in Users(User, nameof(User)))
            {
                Guarded(() =>
                {
                    IReadOnlyList<AccessRule> asked = piped is null ? ChangeAccess.Rules(user, Request()) : [piped with { User = user }];
                    var plan = Await(user, cancel => ChangeAccess.PlanGrantAsync(admin, user, asked, cancel));
                    if (Agreed($"Grant {Words.Count(plan.Rules.Count, "right")}", Target(admin, user), plan.Steps))
                    {
                        Run<IReadOnlyList<KafkaAccess>>(cancel => ChangeAccess.GrantAsync(admin, plan, asked, cancel),
                            $"Granting rights to {user}", made => WriteObject(made, enumerateCollection: true));
                    }
                });
            }
        });
    }
}
