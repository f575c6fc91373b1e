using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Operations;

/// <summary>What a client is told that is a user of a cluster.</summary>
internal static class UserConfig
{
    /// <summary>Reads the credential of a user, and writes what its client needs.</summary>
    /// <param name="connection">Connection to the API server.</param>
    /// <param name="brokers">The brokers.</param>
    /// <param name="user">The user.</param>
    /// <param name="format">A form of <see cref="ClientConfig.Of(string, BrokerSetView, UserSecret)"/>.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ClusterException"><c>NoUsers</c>, <c>UserNotFound</c>, <c>UserSecretUnusable</c>, <c>NameTaken</c>.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(KubeConnection connection, BrokerSetView brokers, string user, string format,
        CancellationToken cancel)
    {
        UserFacts.CheckSecure(brokers);
        string cluster = brokers.Names.Cluster;
        if (!UserName.IsName(user))
            throw UserFacts.NotFound(user, cluster);
        var secret = await UserFacts.SecretAsync(connection, brokers.Namespace, brokers.Names, user, cancel).ConfigureAwait(false);
        return secret switch
        {
            null => throw UserFacts.NotFound(user, cluster, $"Or it has no Secret: Get-KafkaUser {cluster} {user} says it."),
            { IsRemoved: true } => throw UserFacts.NotFound(user, cluster, "It was removed."),
            _ => ClientConfig.Of(format, brokers, secret),
        };
    }
}
