using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>What a failure of AWS means to an operator: the one table.</summary>
internal static class AwsFailure
{
    /// <summary>The failure as an error of this module; null for what is none of AWS's.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="region">Region of the call.</param>
    /// <param name="profileName">Profile that was asked for.</param>
    /// <param name="profile">Profile that is in force, asked for or not.</param>
    /// <param name="cluster">Name of the EKS cluster that the call was about.</param>
    public static ClusterException? From(Exception failure, string region, string? profileName, CredentialProfile? profile,
        string? cluster) => failure switch
        {
            ClusterException known => known,
            AggregateException { InnerExceptions: [var only] } => From(only, region, profileName, profile, cluster),
            // Profiles with single sign-on or a role call AWS to get credentials; those failures come as they are, or wrapped.
            AmazonServiceException { StatusCode: HttpStatusCode.Unauthorized } ended
                when IsOfSignOn(ended) && AwsProfiles.SignOn(profile) is { } signOn => LoginNeeded(signOn, ended),
            AmazonServiceException service => FromService(service, region, profileName, profile, cluster),
            _ when Network(failure) is string why => Unreachable(failure, region, why),
            AmazonClientException when InnerService(failure) is { } inner =>
                CredentialsNotGiven(failure, inner, region, profileName, profile),
            AmazonClientException or InvalidOperationException { Source: "AWSSDK.Core" } => NoCredentials(failure, profileName, profile),
            TimeoutException or TaskCanceledException { InnerException: TimeoutException } =>
                Unreachable(failure, region, "no answer in time"),
            _ => null,
        };

    /// <summary>There are no credentials, or they cannot be had.</summary>
    public static ClusterException NoCredentials(Exception failure, string? profileName, CredentialProfile? profile)
    {
        if (AwsProfiles.SignOn(profile) is { } signOn)
            return LoginNeeded(signOn, failure);
        if (AwsProfiles.WithMfa(profile) is { } mfa && Innermost(failure).Message.Contains("mfa", StringComparison.OrdinalIgnoreCase))
            return MfaNeeded(mfa, failure);
        string of = profileName is null ? "No AWS credentials were found" : $"The AWS profile '{profileName}' gives no credentials";
        return new ClusterException("AwsCredentialsMissing", FailureKind.Authentication, profileName,
            $"{of}: {Sentence(OneLine(Innermost(failure).Message))} Name a profile with -ProfileName, set AWS_ACCESS_KEY_ID and "
                + $"AWS_SECRET_ACCESS_KEY, or run 'aws configure'.", failure);
    }

    private static ClusterException FromService(AmazonServiceException e, string region, string? profileName, CredentialProfile? profile,
        string? cluster)
    {
        string says = $"AWS says: {Sentence(e.Message)}";
        ClusterException Make(string id, FailureKind kind, string message) => new(id, kind, cluster ?? region, message, e);
        switch (e.ErrorCode)
        {
            case "ExpiredToken" or "ExpiredTokenException" or "RequestExpired" or "TokenRefreshRequired":
                return AwsProfiles.SignOn(profile) is { } signOn
                    && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("AWS_SESSION_TOKEN"))
                    ? LoginNeeded(signOn, e)
                    : Make("AwsCredentialsExpired", FailureKind.Authentication,
                        $"The AWS credentials have expired. Renew them{(profileName is null ? "" : $" in the profile '{profileName}'")} "
                            + $"and run the command again. {says}");
            case "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidAccessKeyId" or "AuthFailure" or "SignatureDoesNotMatch"
                or "InvalidSignatureException" or "IncompleteSignature"
                or "IncompleteSignatureException" or "MissingAuthenticationToken" or "MissingAuthenticationTokenException"
                or "RequestTimeTooSkewed":
                return Make("AwsCredentialsRefused", FailureKind.Authentication,
                    $"AWS does not accept the credentials of {Of(profileName)}. Check the keys, this machine's clock, and that the region "
                        + $"{region} is switched on for the account. {says}");
            case "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation" or "UnauthorizedException" or "OptInRequired"
                or "SubscriptionRequiredException":
                return Make("AwsAccessDenied", FailureKind.Permission,
                    $"The credentials of {Of(profileName)} do not allow this in {region}. Ask for the right to the action that is named "
                        + $"here, or use other credentials with -ProfileName. {says}");
            case "Throttling" or "ThrottlingException" or "ThrottledException" or "RequestLimitExceeded" or "RequestThrottled"
                or "RequestThrottledException" or "TooManyRequestsException":
                return Make("AwsThrottled", FailureKind.Unavailable,
                    $"AWS accepts no more requests of this account for now; retries failed too. Run the command again in a minute. {says}");
            case "ResourceNotFoundException" when cluster is not null
                && e.Message.Contains("cluster found", StringComparison.OrdinalIgnoreCase):
                return Make("EksClusterNotFound", FailureKind.NotFound,
                    $"There is no EKS cluster '{cluster}' in {region} for {Of(profileName)}. Check the name, -Region and -ProfileName. "
                        + $"{says}");
            case "ResourceNotFoundException" or "NoSuchEntity" or "NoSuchEntityException":
                return Make("EksObjectNotFound", FailureKind.NotFound, $"{says} Check the name, -Region and -ProfileName.");
            case "ResourceInUseException":
                return Make("EksInUse", FailureKind.Conflict, $"{says} Wait until that is over, then run the command again.");
            case "ResourceLimitExceededException" or "VcpuLimitExceeded" or "InstanceLimitExceeded" or "LimitExceededException":
                return Make("AwsLimitExceeded", FailureKind.Unavailable,
                    $"A quota of the account is reached in {region}. Ask AWS for more with Service Quotas, or use less. {says}");
            default:
                break;
        }

        if (e.StatusCode == HttpStatusCode.TooManyRequests)
            return Make("AwsThrottled", FailureKind.Unavailable,
                $"AWS accepts no more requests of this account for now; retries failed too. Run the command again in a minute. {says}");
        if ((int)e.StatusCode >= 500
            || e.ErrorCode is "ServerException" or "ServiceUnavailableException" or "InternalError" or "InternalFailure" or "Unavailable")
            return Make("AwsUnavailable", FailureKind.Unavailable,
                $"AWS cannot do this now (HTTP {(int)e.StatusCode}); retries failed too. See health.aws.amazon.com, and run the command "
                    + $"again. {says}");
        if (Network(e) is string why)
            return Unreachable(e, region, why);
        // A proxy, or an endpoint that is none of AWS's, answers without one of AWS's error codes.
        return string.IsNullOrEmpty(e.ErrorCode) || int.TryParse(e.ErrorCode, out _) || !char.IsAsciiLetterUpper(e.ErrorCode[0])
            ? Unreachable(e, region, $"what answered with HTTP {(int)e.StatusCode} is not AWS")
            : Make("AwsRefused", FailureKind.InvalidData, $"AWS refused the request ({e.ErrorCode}). {says}");
    }

    // A call that was to bring credentials was refused: the role may not be taken on, the token is no longer good.
    private static ClusterException CredentialsNotGiven(Exception failure, AmazonServiceException inner, string region, string? profileName,
        CredentialProfile? profile) =>
        inner.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest
        && AwsProfiles.SignOn(profile) is { } signOn
            ? LoginNeeded(signOn, failure)
            : FromService(inner, region, profileName, profile, null);

    private static ClusterException LoginNeeded(CredentialProfile profile, Exception failure)
    {
        string command = string.IsNullOrEmpty(profile.Options.LoginSession) ? "aws sso login" : "aws login";
        return new ClusterException("AwsLoginNeeded", FailureKind.Authentication, profile.Name,
            $"The AWS profile '{profile.Name}' needs a login that is still good. Run '{command} --profile {profile.Name}', then this "
                + $"command again. ({Sentence(Innermost(failure).Message)})", failure);
    }

    private static ClusterException MfaNeeded(CredentialProfile profile, Exception failure)
    {
        string source = string.IsNullOrEmpty(profile.Options.SourceProfile) ? "" : $" --profile {profile.Options.SourceProfile}";
        string command = string.IsNullOrEmpty(profile.Options.RoleArn)
            ? $"aws sts get-session-token --serial-number {profile.Options.MfaSerial}{source}"
            : $"aws sts assume-role --role-arn {profile.Options.RoleArn} --role-session-name kafkak8s --serial-number "
                + $"{profile.Options.MfaSerial}{source}";
        return new ClusterException("AwsMfaNeeded", FailureKind.Authentication, profile.Name,
            $"The AWS profile '{profile.Name}' wants a code of the MFA device {profile.Options.MfaSerial} (mfa_serial), which this module "
                + $"does not ask for. Run '{command} --token-code CODE', set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and "
                + $"AWS_SESSION_TOKEN to the keys that it prints, and run this command again without -ProfileName and AWS_PROFILE.",
                failure);
    }

    private static ClusterException Unreachable(Exception e, string region, string why) =>
        new("AwsUnreachable", FailureKind.Connection, region,
        $"AWS cannot be reached in {region}: {Sentence(why)} Check the network, the proxy (HTTPS_PROXY), the region, and the variables "
            + $"AWS_ENDPOINT_URL….", e);

    // EKS and its like answer 403; 401 from single sign-on says that the login was ended.
    private static bool IsOfSignOn(AmazonServiceException e) => e.GetType().Namespace!.StartsWith("Amazon.SSO", StringComparison.Ordinal);

    // The words of a network failure somewhere inside; null where there is none.
    private static string? Network(Exception e)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException socket:
                    return socket.Message;
                case HttpRequestException { InnerException: null } request:
                    return request.Message;
                case HttpRequestException { InnerException: System.Security.Authentication.AuthenticationException tls }:
                    return tls.Message;
                default:
                    break;
            }
        }

        return null;
    }

    private static AmazonServiceException? InnerService(Exception e)
    {
        for (Exception? inner = e.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is AmazonServiceException service)
                return service;
        }

        return null;
    }

    private static Exception Innermost(Exception e) => e.InnerException is null ? e : Innermost(e.InnerException);

    private static string Of(string? profileName) => profileName is null ? "the default chain" : $"the profile '{profileName}'";

    private static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string Sentence(string text) => text.Trim() is var t && t.EndsWith('.') ? t : t + ".";
}
