using KafkaK8s.Eks.Client.Runtime;

namespace Amazon.EKS;

/// <summary>Configuration of the EKS client.</summary>
internal sealed class AmazonEKSConfig() : SmallConfig("EKS", "eks", "2017-11-01", Endpoint)
{
    /// <summary>EKS's endpoints, by the rules in AWS's SDK for .NET (AmazonEKSEndpointProvider).</summary>
    internal static ServiceEndpoint Endpoint(string region, Partition partition, bool fips, bool dualStack) => new((fips, dualStack) switch
    {
        (true, true) => $"eks-fips.{region}.{partition.DualStackDnsSuffix}",
        (true, false) when partition.Name == "aws" => $"fips.eks.{region}.amazonaws.com",
        (true, false) when partition.Name == "aws-us-gov" => $"eks.{region}.amazonaws.com",
        (true, false) => $"eks-fips.{region}.{partition.DnsSuffix}",
        (false, true) => $"eks.{region}.{partition.DualStackDnsSuffix}",
        _ => $"eks.{region}.{partition.DnsSuffix}",
    });
}
