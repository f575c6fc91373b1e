using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Operations;

/// <summary>Reads the users of a cluster, and what they may do.</summary>
internal static class ListUsers
{
    /// <summary>The users that are wanted: those with a Secret, those that the brokers know, and those that rules name.</summary>
    /// <param name="admin">Client of the cluster.</param>
    /// <param name="wanted">Whether a user is wanted, by its name.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ClusterException"><c>NoUsers</c>, <c>KafkaSilent</c>, <c>KafkaRefused</c>.</exception>
    public static async Task<IReadOnlyList<KafkaUser>> RunAsync(KafkaAdmin admin, Func<string, bool> wanted, CancellationToken cancel)
    {
        UserFacts.CheckSecure(admin.Brokers);
        var reading = SecretsAsync(admin.Connection, admin.Brokers.Namespace, admin.Brokers.Names, cancel);
        var knowing = ScramUsers.KnownAsync(admin.Brokers, null, cancel);
        var ruling = AccessRules.ReadAsync(admin, null, cancel);
        await Task.WhenAll(reading, knowing, ruling).ConfigureAwait(false);
        var (secrets, known, rules) = (await reading.ConfigureAwait(false), await knowing.ConfigureAwait(false),
            (await ruling.ConfigureAwait(false)).ToLookup(r => r.User));
        // A rule may also be about everybody, or about one of the cluster's own: those are no users.
        return [.. secrets.Keys.Concat(known).Concat(rules.Select(r => r.Key).Where(UserName.IsName)).Distinct().Where(wanted)
            .Order(StringComparer.Ordinal)
            .Select(u => new UserFacts(u, secrets.GetValueOrDefault(u), known.Contains(u), [.. rules[u]]).Shown(admin))];
    }

    /// <summary>The Secrets of the users of a cluster, by the names of the users.</summary>
    public static async Task<IReadOnlyDictionary<string, UserSecret>> SecretsAsync(KubeConnection connection, string ns,
        ClusterNames names, CancellationToken cancel)
    {
        var found = await connection.ListAsync(ResourceKind.Secret, ns, $"{ClusterNames.AllSelector},{ClusterNames.ClusterLabel}="
            + names.Cluster, cancel).ConfigureAwait(false);
        return found.Select(t => new UserSecret(t)).Where(s => s.User is string user && s.Name == names.UserSecret(user))
            .ToDictionary(s => s.User!);
    }

    /// <summary>What users may do and may not.</summary>
    /// <param name="admin">Client of the cluster.</param>
    /// <param name="wanted">Whether a user is wanted, by its name.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ClusterException"><c>NoUsers</c>, <c>KafkaSilent</c>, <c>KafkaRefused</c>.</exception>
    public static async Task<IReadOnlyList<KafkaAccess>> AccessAsync(KafkaAdmin admin, Func<string, bool> wanted, CancellationToken cancel)
    {
        UserFacts.CheckSecure(admin.Brokers);
        var rules = await AccessRules.ReadAsync(admin, null, cancel).ConfigureAwait(false);
        return [.. rules.Where(r => wanted(r.User)).Select(r => Shown(admin, r))];
    }

    /// <summary>A rule as it is shown.</summary>
    public static KafkaAccess Shown(KafkaAdmin admin, AccessRule rule)
    {
        var origin = admin.Connection.Origin;
        return new KafkaAccess
        {
            Cluster = admin.Brokers.Names.Cluster,
            Namespace = admin.Brokers.Namespace,
            User = rule.User,
            Resource = rule.Resource,
            Name = rule.Name,
            Pattern = rule.Pattern,
            Operation = rule.Operation,
            Permission = rule.Permission,
            Host = rule.Host,
            Context = origin.Context,
            KubeConfig = origin.KubeConfig,
            Connection = origin.Connection,
        };
    }
}
