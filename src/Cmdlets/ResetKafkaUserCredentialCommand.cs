using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Gives users another password or certificate.</summary>
[Cmdlet(VerbsCommon.Reset, "KafkaUserCredential", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(KafkaUser), typeof(PlanStep))]
public sealed class ResetKafkaUserCredentialCommand : KafkaUserCmdlet
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
                    var plan = Await(name, cancel => ChangeUser.PlanResetAsync(admin, name, cancel));
                    foreach (string warning in plan.Warnings)
                        WriteWarning(warning);
                    if (Agreed("Make a new credential of user", Target(admin, name), plan.Steps))
                    {
                        Run<KafkaUser>(cancel => ChangeUser.ResetAsync(admin, plan, cancel), $"Making a new credential of {name}",
                            WriteObject);
                    }
                });
            }
        });
    }
}
