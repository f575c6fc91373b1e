using Amazon.EKS.Model;
using Amazon.Runtime;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>Finds how to reach the API server of an EKS cluster.</summary>
internal static class ConnectCluster
{
    /// <summary>Reads the cluster and gives what a connection needs.</summary>
    /// <exception cref="ClusterException">EksClusterNotFound, EksClusterNotReady; failures of AWS come as they are.</exception>
    public static async Task<EksConnection> RunAsync(AwsSession aws, string name, CancellationToken cancel)
    {
        Cluster cluster;
        try
        {
            cluster =
                (await aws.Eks.DescribeClusterAsync(new DescribeClusterRequest { Name = name }, cancel).ConfigureAwait(false)).Cluster!;
        }
        catch (ResourceNotFoundException e)
        {
            throw new ClusterException("EksClusterNotFound", FailureKind.NotFound, name,
                $"There is no EKS cluster '{name}' in {aws.Region}. {await OthersAsync(aws, cancel).ConfigureAwait(false)} Check the "
                    + $"name, -Region and -ProfileName.", e);
        }

        string status = cluster.Status?.Value ?? "";
        if (string.IsNullOrEmpty(cluster.Endpoint) || string.IsNullOrEmpty(cluster.CertificateAuthority?.Data))
        {
            throw new ClusterException("EksClusterNotReady", FailureKind.Unavailable, name,
                $"The EKS cluster '{name}' in {aws.Region} has no API server to connect to: its status is {status}. Wait until it is "
                    + $"ACTIVE; a cluster that EKS only shows (EKS Connector) cannot be used.");
        }

        return new EksConnection
        {
            ClusterName = name,
            Arn = cluster.Arn ?? "",
            Region = aws.Region,
            ProfileName = aws.ProfileName,
            Endpoint = cluster.Endpoint,
            CertificateAuthorityData = cluster.CertificateAuthority.Data,
            Version = cluster.Version ?? "",
            Status = status,
        };
    }

    // For the message alone: who may read one cluster may not be allowed to list them.
    private static async Task<string> OthersAsync(AwsSession aws, CancellationToken cancel)
    {
        try
        {
            var names = (await aws.Eks.ListClustersAsync(new ListClustersRequest(), cancel).ConfigureAwait(false)).Clusters ?? [];
            return names.Count == 0 ? "There are none there." : $"There are: {string.Join(", ", names)}.";
        }
        catch (AmazonServiceException)
        {
            return "";
        }
    }
}
