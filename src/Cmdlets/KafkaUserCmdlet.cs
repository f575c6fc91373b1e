using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>What the cmdlets share that are about users of a cluster and their rights.</summary>
public abstract class KafkaUserCmdlet : KafkaTopicCmdlet
{
    /// <summary>Work with the admin client of a cluster that has users, which is closed at its end.</summary>
    private protected void WithUsers(string cluster, Action<KafkaAdmin> work) => With(Connect(cluster), cluster, admin =>
    {
        UserFacts.CheckSecure(admin.Brokers);
        work(admin);
    });

    /// <summary>Names of users: those that were given, or the one that an object of this module in the pipeline names. Its property Name
    /// may be that of something else.</summary>
    /// <param name="names">What was bound.</param>
    /// <param name="parameter">To which parameter.</param>
    /// <param name="orAll">Whether a cluster in the pipeline means all of its users.</param>
    private protected IReadOnlyList<string> Users(string[]? names, string parameter, bool orAll = false)
    {
        if (InputObject is null || GivenForAll(parameter) || ModuleObjects.TypeOf(InputObject) is not string type)
            return names ?? [];
        if (ModuleObjects.NameOf(nameof(KafkaUser), InputObject) is string user)
            return [user];
        return orAll && type == nameof(KafkaCluster) ? [] : throw NotOfUser(type);
    }

    /// <summary>The rule that an object in the pipeline is; null where it is none.</summary>
    private protected AccessRule? PipedRule()
    {
        if (InputObject is not { } piped || ModuleObjects.TypeOf(piped) != nameof(KafkaAccess))
            return null;
        string Text(string name) => piped.Properties[name]?.Value?.ToString() ?? "";
        return new AccessRule(Text(nameof(KafkaAccess.User)), Text(nameof(KafkaAccess.Resource)), Text(nameof(KafkaAccess.Name)),
            Text(nameof(KafkaAccess.Pattern)), Text(nameof(KafkaAccess.Operation)), Text(nameof(KafkaAccess.Permission)),
            Text(nameof(KafkaAccess.Host)));
    }

    private static ClusterException NotOfUser(string type) => new("NoUserNamed", FailureKind.InvalidInput, type,
        $"A {type} in the pipeline names no user. Give the name of the user, or pipe what Get-KafkaUser or Get-KafkaAccess returns.");
}
