using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>Profiles of AWS's shared config and credentials files.</summary>
/// <remarks>The SDK takes the paths of AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE once in a process, and only of files that are
/// there; their content is read each time.</remarks>
internal static class AwsProfiles
{
    /// <summary>Names of the profiles that the SDK lists: those that say where credentials come from, without a [default] of the config
    /// file. Silent where there is nothing to read.</summary>
    public static IReadOnlyList<string> Names()
    {
        try
        {
            return [.. new CredentialProfileStoreChain().ListProfiles().Select(p => p.Name).Distinct(StringComparer.Ordinal)];
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or AmazonClientException or ArgumentException or FormatException)
        {
            return [];
        }
    }

    /// <summary>A profile; without a name the one of AWS_PROFILE or default, null where there is none.</summary>
    /// <exception cref="ClusterException">AwsProfileNotFound.</exception>
    public static CredentialProfile? Find(string? name)
    {
        string? variable = Environment.GetEnvironmentVariable("AWS_PROFILE");
        string? wanted = !string.IsNullOrEmpty(name) ? name : !string.IsNullOrEmpty(variable) ? variable : null;
        var files = new CredentialProfileStoreChain();
        if (files.TryGetProfile(wanted ?? SharedCredentialsFile.DefaultProfileName, out var profile))
            return profile;
        if (wanted is null)
            return null;
        var names = Names();
        string known = names.Count == 0 ? "There are none" : $"There are: {string.Join(", ", names)}";
        throw new ClusterException("AwsProfileNotFound", FailureKind.NotFound, wanted,
            $"The AWS profile '{wanted}'{(name is null ? " of the variable AWS_PROFILE" : "")} is in neither the config nor the "
                + $"credentials file. {known}. Choose one with -ProfileName, or make it with 'aws configure --profile {wanted}'.");
    }

    /// <summary>The credentials that a profile describes; they are fetched when they are first used.</summary>
    /// <exception cref="ClusterException">AwsCredentialsMissing: the profile describes none.</exception>
    public static AWSCredentials CredentialsOf(CredentialProfile profile)
    {
        try
        {
            return profile.GetAWSCredentials(profile.CredentialProfileStore);
        }
        catch (Exception e) when (e is AmazonClientException or InvalidDataException or InvalidOperationException or ArgumentException)
        {
            throw AwsFailure.NoCredentials(e, profile.Name, profile);
        }
    }

    /// <summary>The profile, or one that it takes a role from, that wants a code of a second device; null where none does.</summary>
    public static CredentialProfile? WithMfa(CredentialProfile? profile) =>
        Chain(profile).FirstOrDefault(p => !string.IsNullOrEmpty(p.Options.MfaSerial));

    /// <summary>The profile, or one that it takes a role from, whose credentials come from a sign-on in the browser; null where none
    /// does.</summary>
    public static CredentialProfile? SignOn(CredentialProfile? profile) => Chain(profile).FirstOrDefault(p =>
        !string.IsNullOrEmpty(p.Options.SsoSession) || !string.IsNullOrEmpty(p.Options.SsoStartUrl)
        || !string.IsNullOrEmpty(p.Options.LoginSession));

    private static IEnumerable<CredentialProfile> Chain(CredentialProfile? profile)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (profile is not null && seen.Add(profile.Name))
        {
            yield return profile;
            profile = string.IsNullOrEmpty(profile.Options.SourceProfile) ? null
                : new CredentialProfileStoreChain().TryGetProfile(profile.Options.SourceProfile, out var source) ? source : null;
        }
    }
}
