using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Kubernetes.Config;

namespace KafkaK8s.Eks;

/// <summary>The way to the API server of an EKS cluster.</summary>
internal static class EksAccess
{
    /// <summary>Opens a connection to an EKS cluster; nothing is sent yet, save where the credentials come from instance
    /// metadata.</summary>
    /// <exception cref="ClusterException">The connection's data are unusable, or there are no credentials for it.</exception>
    public static KubeConnection Open(EksConnection eks)
    {
        ServerAccess access;
        try
        {
            var cluster = new KubeCluster(eks.ClusterName)
            {
                Server = eks.Endpoint,
                CertificateAuthorityData = Convert.FromBase64String(eks.CertificateAuthorityData)
            };
            if (cluster.CertificateAuthorityData.Length == 0)
                throw new FormatException("it is empty.");
            access = ServerAccess.Of(cluster, null, "", TimeProvider.System);
        }
        catch (FormatException e)
        {
            throw new ClusterException("EksConnectionInvalid", FailureKind.InvalidInput, eks,
                $"The connection to the EKS cluster '{eks.ClusterName}' cannot be used: {e.Message} Get a new one with Connect-EksCluster.",
                e);
        }

        var aws = AwsSession.Open(eks.Region, eks.ProfileName);
        var token = new EksToken(aws, eks.ClusterName, TimeProvider.System);
        return KubeConnection.Open(
            access with { Credentials = token }, eks.Arn.Length > 0 ? eks.Arn : eks.ToString(), new ClusterOrigin(null, null, eks), token,
            aws);
    }
}
