using System.Net;
using System.Xml.Linq;
using Amazon.IdentityManagement.Model;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Amazon.IdentityManagement
{
    /// <summary>An error that IAM answered with.</summary>
    internal class AmazonIdentityManagementServiceException(string message, Exception? innerException, ErrorType errorType,
        string? errorCode, string? requestId, HttpStatusCode statusCode)
        : AmazonServiceException(message, innerException, errorType, errorCode, requestId, statusCode)
    {
        /// <summary>The exception of the error's code.</summary>
        internal static AmazonServiceException From(ErrorResponse e) => e.Code == "NoSuchEntity"
            ? new NoSuchEntityException(e)
            : new AmazonIdentityManagementServiceException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);
    }
}

namespace Amazon.IdentityManagement.Model
{
    /// <summary>There is no such role.</summary>
    internal sealed class NoSuchEntityException(ErrorResponse e)
        : AmazonIdentityManagementServiceException(e.Message, e.InnerException, e.Type, e.Code, e.RequestId, e.StatusCode);

    /// <summary>Reads a role.</summary>
    internal sealed class GetRoleRequest : AmazonWebServiceRequest
    {
        /// <summary>Name, without path and ARN.</summary>
        public string? RoleName { get; set; }
    }

    /// <summary>The role.</summary>
    internal sealed class GetRoleResponse : AmazonWebServiceResponse
    {
        public Role? Role { get; set; }

        internal static GetRoleResponse Read(XElement result) => new()
        {
            Role = result.Element("Role") is not { } role ? null : new Role
            {
                RoleName = (string?)role.Element("RoleName"),
                Arn = (string?)role.Element("Arn"),
                AssumeRolePolicyDocument = (string?)role.Element("AssumeRolePolicyDocument"),
            },
        };
    }

    /// <summary>A role.</summary>
    internal sealed class Role
    {
        public string? RoleName { get; set; }

        public string? Arn { get; set; }

        /// <summary>Who may take it on: JSON, URL-encoded as IAM gives it.</summary>
        public string? AssumeRolePolicyDocument { get; set; }
    }

    /// <summary>Lists the managed policies of a role, 100 a page.</summary>
    internal sealed class ListAttachedRolePoliciesRequest : AmazonWebServiceRequest
    {
        public string? RoleName { get; set; }

        public string? Marker { get; set; }
    }

    /// <summary>One page of policies.</summary>
    internal sealed class ListAttachedRolePoliciesResponse : AmazonWebServiceResponse
    {
        public List<AttachedPolicyType>? AttachedPolicies { get; set; }

        public bool? IsTruncated { get; set; }

        public string? Marker { get; set; }

        internal static ListAttachedRolePoliciesResponse Read(XElement result) => new()
        {
            AttachedPolicies = [.. (result.Element("AttachedPolicies")?.Elements("member") ?? []).Select(p =>
                new AttachedPolicyType { PolicyName = (string?)p.Element("PolicyName"), PolicyArn = (string?)p.Element("PolicyArn") })],
            IsTruncated = (bool?)result.Element("IsTruncated"),
            Marker = (string?)result.Element("Marker"),
        };
    }

    /// <summary>A managed policy that a role has.</summary>
    internal sealed class AttachedPolicyType
    {
        public string? PolicyName { get; set; }

        public string? PolicyArn { get; set; }
    }
}
