using System.Management.Automation;
using KafkaK8s.Core;

namespace KafkaK8s.Cmdlets;

/// <summary>Exception to ErrorRecord: the one table.</summary>
internal static class ErrorTable
{
    /// <summary>The record: id <c>KafkaK8s.&lt;id&gt;</c>, category by the kind of failure, the target, the inner exception kept.</summary>
    public static ErrorRecord ToRecord(ClusterException e, PSCmdlet cmdlet)
    {
        if (e.Kind is FailureKind.Authentication or FailureKind.Connection)
            ConnectionPool.Forget(); // fresh credentials or another route next time
        return new ErrorRecord(e, $"KafkaK8s.{e.Id}", Category(e.Kind), e.Target)
        {
            CategoryInfo = { Activity = cmdlet.MyInvocation.MyCommand.Name },
        };
    }

    private static ErrorCategory Category(FailureKind kind) => kind switch
    {
        FailureKind.InvalidInput => ErrorCategory.InvalidArgument,
        FailureKind.InvalidData => ErrorCategory.InvalidData,
        FailureKind.NotFound => ErrorCategory.ObjectNotFound,
        FailureKind.Conflict => ErrorCategory.ResourceExists,
        FailureKind.Authentication => ErrorCategory.AuthenticationError,
        FailureKind.Permission => ErrorCategory.PermissionDenied,
        FailureKind.Connection => ErrorCategory.ConnectionError,
        FailureKind.Timeout => ErrorCategory.OperationTimeout,
        FailureKind.Stalled => ErrorCategory.OperationStopped,
        _ => ErrorCategory.ResourceUnavailable,
    };
}
