using System.Runtime.CompilerServices;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Operations;

/// <summary>What a user shall be able to do. A name that ends with * means all names that begin so, * alone means all.</summary>
internal sealed record AccessRequest
{
    /// <summary>Topics.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Consumer groups.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Ids of producers with transactions.</summary>
    public IReadOnlyList<string> TransactionalIds { get; init; } = [];

    /// <summary>What may be done with the topics; null where nothing is said of it.</summary>
    public IReadOnlyList<string>? Operations { get; init; }
}

/// <summary>What will be done about rules.</summary>
/// <param name="Rules">The rules that are made or taken away.</param>
/// <param name="Steps">One for each resource.</param>
internal sealed record AccessPlan(IReadOnlyList<AccessRule> Rules, IReadOnlyList<PlanStep> Steps);

/// <summary>Grants rights to users, and takes them back.</summary>
internal static class ChangeAccess
{
    /// <summary>What can be done with topics.</summary>
    /// <remarks>Source: https://kafka.apache.org/documentation/#resources_in_kafka.</remarks>
    public static readonly IReadOnlyList<string> TopicOperations = ["Read", "Write", "Create", "Delete", "Alter", "Describe",
        "DescribeConfigs", "AlterConfigs", "All"];

    private static readonly string[] OfGroups = ["Read"];
    private static readonly string[] OfTransactions = ["Write", "Describe"];

    /// <summary>The rules that a request means. Pure.</summary>
    /// <param name="user">The user.</param>
    /// <param name="request">The request.</param>
    /// <exception cref="ClusterException"><c>NoResource</c>, <c>InvalidPattern</c>, <c>InvalidTopicName</c>.</exception>
    public static IReadOnlyList<AccessRule> Rules(string user, AccessRequest request)
    {
        if (request.Topics.Count + request.Groups.Count + request.TransactionalIds.Count == 0)
        {
            throw new ClusterException("NoResource", FailureKind.InvalidInput, user,
                $"Nothing is said that {user} may or may not reach: give -Topic, -Group or -TransactionalId.");
        }

        return
        [
            .. request.Topics.SelectMany(n => Of(AccessRules.Topic, n, request.Operations ?? ["Read"])),
            .. request.Groups.SelectMany(n => Of(AccessRules.Group, n, OfGroups)),
            .. request.TransactionalIds.SelectMany(n => Of(AccessRules.TransactionalId, n, OfTransactions)),
        ];

        IEnumerable<AccessRule> Of(string resource, string given, IReadOnlyList<string> operations)
        {
            var (name, pattern) = Pattern(resource, given);
            return operations.Distinct().Select(o => new AccessRule(user, resource, name, pattern, o));
        }
    }

    /// <summary>The plan of a grant: the rules that are not there yet.</summary>
    /// <param name="admin">Client of the cluster.</param>
    /// <param name="user">The user.</param>
    /// <param name="asked">The rules.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ClusterException"><c>NoUsers</c>, <c>UserNotFound</c>.</exception>
    public static async Task<AccessPlan> PlanGrantAsync(KafkaAdmin admin, string user, IReadOnlyList<AccessRule> asked,
        CancellationToken cancel)
    {
        UserFacts.CheckSecure(admin.Brokers);
        string cluster = admin.Brokers.Names.Cluster;
        if (!UserName.IsName(user))
            throw UserFacts.NotFound(user, cluster);
        var facts = await UserFacts.ReadAsync(admin, user, cancel).ConfigureAwait(false);
        if (!facts.Exists)
            throw UserFacts.NotFound(user, cluster);
        List<AccessRule> missing = [.. asked.Where(r => !facts.Rules.Contains(r))];
        return new AccessPlan(missing, Steps(admin, missing, asked.Except(missing), ChangeAction.Create));
    }

    /// <summary>Grants.</summary>
    public static async IAsyncEnumerable<OperationEvent> GrantAsync(KafkaAdmin admin, AccessPlan plan, IReadOnlyList<AccessRule> asked,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return new Waiting("Access", $"granting {plan.Rules.Count} rights");
        await AccessRules.CreateAsync(admin, plan.Rules, cancel).ConfigureAwait(false);
        foreach (var step in plan.Steps.Where(s => s.Action != ChangeAction.None))
            yield return new Applied(step);
        yield return new Completed<IReadOnlyList<KafkaAccess>>([.. asked.Select(r => ListUsers.Shown(admin, r))]);
    }

    /// <summary>The grants of a user that a request means, whatever they allow where it does not say it.</summary>
    /// <exception cref="ClusterException"><c>AccessNotFound</c>, <c>NoUsers</c>; as <see cref="Rules"/>.</exception>
    public static async Task<IReadOnlyList<AccessRule>> MeantAsync(KafkaAdmin admin, string user, AccessRequest request,
        CancellationToken cancel)
    {
        UserFacts.CheckSecure(admin.Brokers);
        var asked = Rules(user, request with { Operations = request.Operations ?? TopicOperations });
        var standing = await AccessRules.ReadAsync(admin, user, cancel).ConfigureAwait(false);
        foreach (var resource in asked.GroupBy(r => r.InWords))
        {
            if (!resource.Any(standing.Contains))
                throw NotFound(resource.First(), resource.Key, standing, admin.Brokers.Names.Cluster);
        }

        return [.. asked.Where(standing.Contains)];
    }

    /// <summary>The plan of taking rules back.</summary>
    /// <exception cref="ClusterException"><c>UserNameSpent</c>: what is denied to a removed user stays denied.</exception>
    public static async Task<AccessPlan> PlanRevokeAsync(KafkaAdmin admin, IReadOnlyList<AccessRule> rules, CancellationToken cancel)
    {
        UserFacts.CheckSecure(admin.Brokers);
        foreach (string user in rules.Where(r => r.Permission == AccessRule.Deny && UserName.IsName(r.User)).Select(r => r.User).Distinct())
        {
            var secret = await UserFacts.SecretAsync(admin.Connection, admin.Brokers.Namespace, admin.Brokers.Names, user, cancel)
                .ConfigureAwait(false);
            if (secret is { IsRemoved: true })
                ChangeUser.CheckNotSpent(admin, secret, user);
        }

        List<AccessRule> distinct = [.. rules.Distinct()];
        return new AccessPlan(distinct, Steps(admin, distinct, [], ChangeAction.Delete));
    }

    /// <summary>Takes rules back.</summary>
    public static async IAsyncEnumerable<OperationEvent> RevokeAsync(KafkaAdmin admin, AccessPlan plan,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return new Waiting("Access", $"taking {plan.Rules.Count} rights back");
        await AccessRules.DeleteAsync(admin, plan.Rules, cancel).ConfigureAwait(false);
        foreach (var step in plan.Steps)
            yield return new Applied(step);
        yield return new Completed<AccessPlan>(plan);
    }

    // Kafka's own sign for all is *, and a beginning has none.
    private static (string Name, string Pattern) Pattern(string resource, string given)
    {
        string name = given.EndsWith('*') && given.Length > 1 ? given[..^1] : given;
        if (name.Length == 0 || (given != "*" && name.Contains('*', StringComparison.Ordinal)))
        {
            throw new ClusterException("InvalidPattern", FailureKind.InvalidInput, given,
                $"'{given}' is no pattern that Kafka knows: give a name, the beginning of names with * at its end (orders*), or * for "
                + "all.");
        }

        if (resource == AccessRules.Topic && name != "*")
            TopicConfig.CheckName(name);
        return (name, name.Length < given.Length ? AccessRule.Prefixed : AccessRule.Literal);
    }

    private static IReadOnlyList<PlanStep> Steps(KafkaAdmin admin, IEnumerable<AccessRule> changed, IEnumerable<AccessRule> same,
        string action) =>
        PlanSteps.Numbered(Rows(admin, changed, action).Concat(Rows(admin, same, ChangeAction.None)));

    private static IEnumerable<PlanStep> Rows(KafkaAdmin admin, IEnumerable<AccessRule> rules, string action) =>
        rules.GroupBy(r => (r.User, r.InWords, r.Permission)).Select(g => PlanSteps.Of(admin.Brokers.Names, admin.Brokers.Namespace,
            "Access", g.Key.User, action, $"{g.Key.Permission} {string.Join(", ", g.Select(r => r.Operation))}: {g.Key.InWords}"));

    private static ClusterException NotFound(AccessRule asked, string words, IReadOnlyList<AccessRule> standing, string cluster)
    {
        var some = standing.Where(r => r.Resource == asked.Resource).Select(r => r.InWords).Distinct().Take(10).ToList();
        string has = some.Count == 0 ? "It has none of that kind." : $"It has some on: {string.Join(", ", some)}.";
        return new ClusterException("AccessNotFound", FailureKind.NotFound, asked.User,
            $"The user {asked.User} of {cluster} has no such grant on {words}. {has} Nothing was changed.");
    }
}
