using System.Collections;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>Regions of AWS.</summary>
internal static class AwsRegions
{
    /// <summary>Names of the regions that the SDK knows.</summary>
    public static IReadOnlyList<string> Names =>
        [.. RegionEndpoint.EnumerableAllRegions.Select(r => r.SystemName).Order(StringComparer.Ordinal)];

    /// <summary>The region asked for, else what AWS's tools would take: AWS_REGION, AWS_DEFAULT_REGION, the profile's, the
    /// instance's.</summary>
    /// <exception cref="ClusterException">AwsRegionMissing, AwsRegionUnknown.</exception>
    public static RegionEndpoint Find(string? asked, CredentialProfile? profile)
    {
        string? name = new[] { asked, Environment.GetEnvironmentVariable("AWS_REGION"), Environment.GetEnvironmentVariable(
            "AWS_DEFAULT_REGION"), profile?.Region?.SystemName }.FirstOrDefault(r => !string.IsNullOrEmpty(r))
            ?? OfInstance()
            ?? throw new ClusterException("AwsRegionMissing", FailureKind.InvalidInput, profile?.Name,
                "No AWS region is chosen. Name one with -Region, set the variable AWS_REGION, or give the profile one with 'aws configure "
                    + "set region REGION'.");
        // An endpoint of one's own may stand for any region: a new one, or a double in a test.
        if (!Names.Contains(name) && !HasEndpoint())
        {
            throw new ClusterException("AwsRegionUnknown", FailureKind.InvalidInput, name,
                $"There is no AWS region '{name}' that this module knows. It knows: {string.Join(", ", Names)}. For a newer one set the "
                    + $"variable AWS_ENDPOINT_URL_EKS=https://eks.{name}.amazonaws.com too.");
        }

        return RegionEndpoint.GetBySystemName(name);
    }

    private static bool HasEndpoint() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Any(v => ((string)v.Key).StartsWith("AWS_ENDPOINT_URL", StringComparison.Ordinal) && v.Value is not "");

    private static string? OfInstance()
    {
        if (string.Equals(Environment.GetEnvironmentVariable("AWS_EC2_METADATA_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
            return null;
        try
        {
            return FallbackRegionFactory.GetRegionEndpoint(includeInstanceMetadata: true)?.SystemName;
        }
        catch (Exception e)
            when (e is AmazonClientException or InvalidOperationException or System.Net.WebException or HttpRequestException)
        {
            return null; // not on EC2
        }
    }
}
