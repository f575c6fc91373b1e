using Confluent.Kafka.Admin;

namespace KafkaK8s.Core.Kafka;

/// <summary>A rule of Kafka's authorizer (an ACL), in the words that are shown.</summary>
/// <param name="User">Name of the user.</param>
/// <param name="Resource">Topic, Group, TransactionalId or Cluster.</param>
/// <param name="Name">Name of the resource, * for all, or the beginning of names.</param>
/// <param name="Pattern">Literal or Prefixed.</param>
/// <param name="Operation">Kafka's word of what may be done.</param>
/// <param name="Permission">Allow or Deny.</param>
/// <param name="Host">From which address; * for all.</param>
internal sealed record AccessRule(string User, string Resource, string Name, string Pattern, string Operation,
    string Permission = AccessRule.Allow, string Host = "*")
{
    /// <summary>It is allowed.</summary>
    public const string Allow = nameof(Allow);

    /// <summary>It is denied, whatever else is allowed.</summary>
    public const string Deny = nameof(Deny);

    /// <summary>The name is the whole name, or * for all.</summary>
    public const string Literal = nameof(Literal);

    /// <summary>The name is the beginning of names.</summary>
    public const string Prefixed = nameof(Prefixed);

    /// <summary>The resource as people write it: topic orders*.</summary>
    public string InWords => $"{(Resource == AccessRules.TransactionalId ? "transactional id" : Resource.ToLowerInvariant())} "
        + $"{Name}{(Pattern == Prefixed ? "*" : "")}";
}

/// <summary>Reads and changes the rules of Kafka's authorizer.</summary>
internal static class AccessRules
{
    /// <summary>Topics.</summary>
    public const string Topic = nameof(Topic);

    /// <summary>Consumer groups.</summary>
    public const string Group = nameof(Group);

    /// <summary>Ids of producers with transactions.</summary>
    public const string TransactionalId = nameof(TransactionalId);

    /// <summary>The cluster as a whole.</summary>
    public const string Cluster = nameof(Cluster);

    // What starts the name of a user; other principals are none of this module's users.
    private const string Principal = "User:";

    // The native client knows it by this number, its wrapper has no name for it.
    private const ResourceType OfTransactions = (ResourceType)5;

    private static readonly Dictionary<ResourceType, string> Resources = new()
    {
        [ResourceType.Topic] = Topic,
        [ResourceType.Group] = Group,
        [ResourceType.Broker] = Cluster,
        [OfTransactions] = TransactionalId,
    };

    /// <summary>The rules about a user, or (null) about all of them.</summary>
    public static async Task<IReadOnlyList<AccessRule>> ReadAsync(KafkaAdmin admin, string? user, CancellationToken cancel)
    {
        var filter = new AclBindingFilter
        {
            PatternFilter = new ResourcePatternFilter { Type = ResourceType.Any, ResourcePatternType = ResourcePatternType.Any },
            EntryFilter = new AccessControlEntryFilter
            {
                Principal = user is null ? null : Principal + user,
                Operation = AclOperation.Any,
                PermissionType = AclPermissionType.Any,
            },
        };
        var found = await admin.AskAsync(user ?? admin.Brokers.Names.Cluster,
            c => c.DescribeAclsAsync(filter, new DescribeAclsOptions { RequestTimeout = KafkaAdmin.RequestLimit }), cancel)
            .ConfigureAwait(false);
        return [.. found.AclBindings.Where(b => b.Entry.Principal.StartsWith(Principal, StringComparison.Ordinal)).Select(Rule)
            .OrderBy(r => r.User, StringComparer.Ordinal).ThenBy(r => r.Resource, StringComparer.Ordinal)
            .ThenBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Operation, StringComparer.Ordinal)];
    }

    /// <summary>Adds rules. One that is there already stays.</summary>
    public static async Task CreateAsync(KafkaAdmin admin, IReadOnlyCollection<AccessRule> rules, CancellationToken cancel)
    {
        if (rules.Count > 0)
        {
            await admin.AskAsync(rules.First().User, c => c.CreateAclsAsync(rules.Select(Binding).ToList(),
                new CreateAclsOptions { RequestTimeout = KafkaAdmin.RequestLimit }), cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Takes rules away, exactly these.</summary>
    public static async Task DeleteAsync(KafkaAdmin admin, IReadOnlyCollection<AccessRule> rules, CancellationToken cancel)
    {
        if (rules.Count > 0)
        {
            await admin.AskAsync(rules.First().User, c => c.DeleteAclsAsync(rules.Select(r => Binding(r).ToFilter()).ToList(),
                new DeleteAclsOptions { RequestTimeout = KafkaAdmin.RequestLimit }), cancel).ConfigureAwait(false);
        }
    }

    private static AccessRule Rule(AclBinding binding) => new(binding.Entry.Principal[Principal.Length..],
        Resources.GetValueOrDefault(binding.Pattern.Type, nameof(ResourceType.Unknown)), binding.Pattern.Name,
        binding.Pattern.ResourcePatternType.ToString(), binding.Entry.Operation.ToString(), binding.Entry.PermissionType.ToString(),
        binding.Entry.Host);

    private static AclBinding Binding(AccessRule rule) => new()
    {
        Pattern = new ResourcePattern
        {
            Type = Resources.FirstOrDefault(r => r.Value == rule.Resource).Key,
            Name = rule.Name,
            ResourcePatternType = Enum.Parse<ResourcePatternType>(rule.Pattern),
        },
        Entry = new AccessControlEntry
        {
            Principal = Principal + rule.User,
            Host = rule.Host,
            Operation = Enum.Parse<AclOperation>(rule.Operation),
            PermissionType = Enum.Parse<AclPermissionType>(rule.Permission),
        },
    };
}
