using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Removes users with their grants and their credential.</summary>
[Cmdlet(VerbsCommon.Remove, "KafkaUser", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(PlanStep))]
public sealed class RemoveKafkaUserCommand : KafkaUserCmdlet
{
    /// <summary>Names of the users.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UserCompleter))]
    [ValidateNotNullOrEmpty]
    [TopicName(Of = nameof(KafkaUser))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckCells();
        string cluster = ClusterName();
        WithUsers(cluster, admin =>
        {
            foreach (string name in Users(Name, nameof(Name)))
            {
                Guarded(() =>
                {
                    var plan = Await(name, cancel => ChangeUser.PlanRemoveAsync(admin, name, cancel));
                    foreach (string warning in plan.Warnings)
                        WriteWarning(warning);
                    var grants = plan.Steps.Where(s => s.Kind == "Access" && s.Action == ChangeAction.Delete).Select(s => s.Note);
                    if (Agreed($"Remove user {string.Join(" with ", grants.Prepend(name))}", Target(admin, name), plan.Steps))
                    {
                        Run<IReadOnlyList<PlanStep>>(cancel => ChangeUser.RemoveAsync(admin, plan, cancel), $"Removing user {name}",
                            static _ => { });
                    }
                });
            }
        });
    }
}
