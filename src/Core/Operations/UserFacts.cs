using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Operations;

/// <summary>What is known of one user: its Secret, what the brokers have, and its rules.</summary>
/// <param name="User">Name of the user.</param>
/// <param name="Secret">The Secret; null where there is none.</param>
/// <param name="HasPassword">Whether the brokers know it by a password.</param>
/// <param name="Rules">The rules about it.</param>
internal sealed record UserFacts(string User, UserSecret? Secret, bool HasPassword, IReadOnlyList<AccessRule> Rules)
{
    /// <summary>Whether it is a user that may be granted something.</summary>
    public bool Exists => HasPassword || Secret is { IsRemoved: false };

    /// <summary>Refuses a cluster where everybody may do everything.</summary>
    /// <exception cref="ClusterException"><c>NoUsers</c>.</exception>
    public static void CheckSecure(BrokerSetView brokers)
    {
        if (!brokers.Model.IsSecure)
        {
            throw new ClusterException("NoUsers", FailureKind.InvalidInput, brokers.Names.Cluster,
                $"The cluster {brokers.Names.Cluster} was made without TLS: it knows no users, and whoever reaches it may do everything "
                + "there. Make a cluster with TLS (New-KafkaCluster -Plaintext:$false), and let its clients move.");
        }
    }

    /// <summary>Reads the Secret of a user.</summary>
    /// <exception cref="ClusterException"><c>NameTaken</c>: an object of that name is somebody else's.</exception>
    public static async Task<UserSecret?> SecretAsync(KubeConnection connection, string ns, ClusterNames names, string user,
        CancellationToken cancel)
    {
        string name = names.UserSecret(user);
        if (await connection.TryGetAsync(ResourceKind.Secret, ns, name, cancel).ConfigureAwait(false) is not { } tree)
            return null;
        var secret = new UserSecret(tree);
        return secret.IsOf(names, user) ? secret : throw new ClusterException("NameTaken", FailureKind.Conflict, name,
            $"There is a Secret {name} in the namespace {ns} that is not the one of the user {user} of {names.Cluster}. It was left alone. "
            + "Choose another name of the user, or rename or delete the Secret.");
    }

    /// <summary>Reads all about a user, at the same time.</summary>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>, <c>NameTaken</c>, or the API server's own.</exception>
    public static async Task<UserFacts> ReadAsync(KafkaAdmin admin, string user, CancellationToken cancel)
    {
        var secret = SecretAsync(admin.Connection, admin.Brokers.Namespace, admin.Brokers.Names, user, cancel);
        var known = ScramUsers.KnownAsync(admin.Brokers, [user], cancel);
        var rules = AccessRules.ReadAsync(admin, user, cancel);
        await Task.WhenAll(secret, known, rules).ConfigureAwait(false);
        return new UserFacts(user, await secret.ConfigureAwait(false), (await known.ConfigureAwait(false)).Contains(user),
            await rules.ConfigureAwait(false));
    }

    /// <summary>The user as it is shown.</summary>
    public KafkaUser Shown(KafkaAdmin admin)
    {
        var (state, reason) = State(admin);
        var origin = admin.Connection.Origin;
        return new KafkaUser
        {
            Name = User,
            Cluster = admin.Brokers.Names.Cluster,
            Namespace = admin.Brokers.Namespace,
            Authentication = Secret?.Authentication ?? (HasPassword ? UserSecret.Password : ""),
            Secret = Secret?.Name ?? "",
            Grants = Rules.Count(r => r.Permission == AccessRule.Allow),
            Until = Secret?.Authentication == UserSecret.Certificate ? Secret.Until : null,
            State = state,
            Reason = reason,
            Context = origin.Context,
            KubeConfig = origin.KubeConfig,
            Connection = origin.Connection,
        };
    }

    /// <summary>The failure of a user that is not there.</summary>
    public static ClusterException NotFound(string user, string cluster, string instead = "") => new("UserNotFound", FailureKind.NotFound,
        user, $"The cluster {cluster} has no user '{user}'. {(instead.Length > 0 ? instead : $"Get-KafkaUser {cluster} lists those that "
        + $"it has; New-KafkaUser {cluster} {user} makes it.")}");

    /// <summary>A day for people.</summary>
    public static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private (string State, string Reason) State(KafkaAdmin admin)
    {
        string at = $"{admin.Brokers.Names.Cluster} {User}";
        var now = admin.Connection.Time.GetUtcNow();
        if (Secret is null)
        {
            return (KafkaUserState.NoSecret, HasPassword
                ? $"the brokers know a password of it that is in no Secret of this cluster: Reset-KafkaUserCredential {at} makes a new one"
                : $"there are rules about it, and nothing else: Remove-KafkaUser {at} takes them away");
        }

        if (Secret.IsRemoved)
        {
            return (KafkaUserState.Removed, Secret.Until > now
                ? $"its certificate is good until {Day(Secret.Until.Value)}: until then everything is denied to it" : "its certificate has "
                + $"ended: New-KafkaUser {at} makes it anew");
        }

        if (Secret.Authentication.Length == 0)
            return (KafkaUserState.NoSecret, $"its Secret holds no credential: Reset-KafkaUserCredential {at} makes a new one");
        if (Secret.Authentication == UserSecret.Password)
        {
            return HasPassword && !Secret.IsPending ? (KafkaUserState.Ready, "")
                : (KafkaUserState.NotInKafka, $"the brokers do not know the password in its Secret: New-KafkaUser {at} tells them");
        }

        return Secret.Until > now ? (KafkaUserState.Ready, "")
            : (KafkaUserState.Expired, $"its certificate has ended: Reset-KafkaUserCredential {at} makes a new one");
    }
}
