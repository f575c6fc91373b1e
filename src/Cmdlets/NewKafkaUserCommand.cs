using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core.Operations;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Cmdlets;

/// <summary>Makes users with a credential of their own.</summary>
[Cmdlet(VerbsCommon.New, "KafkaUser", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(KafkaUser), typeof(PlanStep))]
public sealed class NewKafkaUserCommand : KafkaUserCmdlet
{
    /// <summary>Names of the users.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UserCompleter))]
    [ValidateNotNullOrEmpty]
    [TopicName(Of = nameof(KafkaUser))]
    public string[] Name { get; set; } = [];

    /// <summary>What they show to be let in.</summary>
    [Parameter]
    [ValidateSet(UserSecret.Password, UserSecret.Certificate)]
    public string Authentication { get; set; } = UserSecret.Password;

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
                    var plan = Await(name, cancel => ChangeUser.PlanNewAsync(admin, name, Authentication, cancel));
                    if (Agreed("Make user", Target(admin, name), plan.Steps))
                    {
                        Run<KafkaUser>(cancel => ChangeUser.NewAsync(admin, plan, Authentication, cancel), $"Making user {name}",
                            WriteObject);
                    }
                });
            }
        });
    }
}
