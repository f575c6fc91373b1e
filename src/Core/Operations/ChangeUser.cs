using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Security;

namespace KafkaK8s.Core.Operations;

/// <summary>What will be done about a user. There is no credential in it.</summary>
/// <param name="User">Name of the user.</param>
/// <param name="Steps">What is done, in this order.</param>
/// <param name="Warnings">What it brings about.</param>
internal sealed record UserPlan(string User, IReadOnlyList<PlanStep> Steps, IReadOnlyList<string> Warnings);

/// <summary>
/// Makes users, gives them other credentials, and removes them. The Secret comes first and goes last: a password that the brokers alone
/// know would be lost, and whoever runs an interrupted command again finds there what it was about.
/// </summary>
internal static class ChangeUser
{
    /// <summary>How long a connection lives on whose password was taken away: the brokers' connections.max.reauth.ms in the
    /// manifests.</summary>
    public const int CutOffSeconds = 60;

    private const string SecretKind = "Secret";
    private const string PasswordKind = "Password";
    private const string AccessKind = "Access";
    private const string Masked = "(secret)";

    /// <summary>The plan of a new user. For one that is there it has what is missing, or nothing.</summary>
    /// <param name="admin">Client of the cluster.</param>
    /// <param name="user">Name of the user.</param>
    /// <param name="authentication"><see cref="UserSecret.Password"/> or <see cref="UserSecret.Certificate"/>.</param>
    /// <param name="cancel">Cancels.</param>
    /// <exception cref="ClusterException"><c>NoUsers</c>, <c>InvalidUserName</c>, <c>ReservedUserName</c>, <c>UserExists</c>,
    /// <c>UserNameSpent</c>, <c>UserSecretUnusable</c>, <c>AuthorityMissing</c>, <c>AuthorityUnusable</c>.</exception>
    public static async Task<UserPlan> PlanNewAsync(KafkaAdmin admin, string user, string authentication, CancellationToken cancel)
    {
        UserName.Check(user);
        UserFacts.CheckSecure(admin.Brokers);
        var facts = await UserFacts.ReadAsync(admin, user, cancel).ConfigureAwait(false);
        string cluster = admin.Brokers.Names.Cluster;
        var steps = new List<PlanStep>();
        var secret = facts.Secret;
        if (secret is { IsRemoved: true })
        {
            CheckNotSpent(admin, secret, user);
            steps.Add(Step(admin, SecretKind, secret.Name, ChangeAction.Delete, "what was kept of a user of that name"));
            if (facts.Rules.Count > 0)
                steps.Add(Step(admin, AccessKind, user, ChangeAction.Delete, Words(facts.Rules)));
            secret = null;
        }

        if (secret is not null && secret.Authentication != authentication)
        {
            throw secret.Authentication.Length == 0
                ? new ClusterException("UserSecretUnusable", FailureKind.InvalidData, secret.Name,
                    $"The Secret {secret.Name} of the user {user} holds no credential. Reset-KafkaUserCredential {cluster} {user} makes a "
                    + "new one.")
                : Exists($"has a {secret.Authentication.ToLowerInvariant()}", $"Remove-KafkaUser {cluster} {user} removes it first");
        }

        if (secret is null && facts.HasPassword)
            throw Exists("has a password that is in no Secret", $"Reset-KafkaUserCredential {cluster} {user} makes a new one");
        if (secret is null)
        {
            if (authentication == UserSecret.Certificate)
                (await AuthorityAsync(admin, cancel).ConfigureAwait(false)).Dispose(); // what cannot be is said before anything is done
            steps.Add(Step(admin, SecretKind, admin.Brokers.Names.UserSecret(user), ChangeAction.Create,
                $"a {authentication.ToLowerInvariant()}"));
        }

        if (authentication == UserSecret.Password && (!facts.HasPassword || secret is { IsPending: true }))
            steps.Add(Step(admin, PasswordKind, user, ChangeAction.Create, "told to the brokers"));
        if (steps.Count == 0)
            steps.Add(Step(admin, SecretKind, secret!.Name, ChangeAction.None, ""));
        return new UserPlan(user, PlanSteps.Numbered(steps), []);

        ClusterException Exists(string what, string next) => new("UserExists", FailureKind.Conflict, user,
            $"The cluster {cluster} has a user {user}, which {what}. Nothing was changed. {next}.");
    }

    /// <summary>The plan of another credential.</summary>
    /// <exception cref="ClusterException"><c>NoUsers</c>, <c>UserNotFound</c>, <c>UserNameSpent</c>, <c>AuthorityMissing</c>,
    /// <c>AuthorityUnusable</c>.</exception>
    public static async Task<UserPlan> PlanResetAsync(KafkaAdmin admin, string user, CancellationToken cancel)
    {
        UserFacts.CheckSecure(admin.Brokers);
        var facts = await FoundAsync(admin, user, cancel).ConfigureAwait(false);
        string cluster = admin.Brokers.Names.Cluster;
        if (facts.Secret is { IsRemoved: true } removed)
        {
            CheckNotSpent(admin, removed, user);
            throw UserFacts.NotFound(user, cluster);
        }

        bool isCertificate = facts.Secret is { Authentication: UserSecret.Certificate };
        if (!facts.Exists)
            throw UserFacts.NotFound(user, cluster);
        if (isCertificate)
            (await AuthorityAsync(admin, cancel).ConfigureAwait(false)).Dispose();
        string kind = isCertificate ? "certificate" : "password";
        List<PlanStep> steps =
        [
            facts.Secret is null ? Step(admin, SecretKind, admin.Brokers.Names.UserSecret(user), ChangeAction.Create, $"a new {kind}")
                : Change(admin, SecretKind, facts.Secret.Name, kind, Masked),
        ];
        if (!isCertificate)
        {
            steps.Add(facts.HasPassword ? Change(admin, PasswordKind, user, kind, Masked)
                : Step(admin, PasswordKind, user, ChangeAction.Create, "told to the brokers"));
        }

        string warning = isCertificate
            ? $"{user}: the certificate that it has now cannot be taken back, and is good until "
                + $"{(facts.Secret!.Until is { } until ? UserFacts.Day(until) : "its end")}. To shut it out, remove the user, and make one "
                + "of another name."
            : $"{user}: the password that it has now opens no new connection, and connections that are open end within "
                + $"{CutOffSeconds} s.";
        return new UserPlan(user, PlanSteps.Numbered(steps), [warning]);
    }

    /// <summary>The plan of a removal.</summary>
    /// <exception cref="ClusterException"><c>NoUsers</c>, <c>UserNotFound</c>.</exception>
    public static async Task<UserPlan> PlanRemoveAsync(KafkaAdmin admin, string user, CancellationToken cancel)
    {
        UserFacts.CheckSecure(admin.Brokers);
        var facts = await FoundAsync(admin, user, cancel).ConfigureAwait(false);
        var warnings = new List<string>();
        var steps = new List<PlanStep>();
        var rules = facts.Rules;
        var stays = StaysSpent(admin, facts) ? facts.Secret!.Until : null;
        if (facts.Secret is { IsRemoved: true } && stays is { } spent && Denial(user).All(facts.Rules.Contains))
            throw UserFacts.NotFound(user, admin.Brokers.Names.Cluster,
                $"It was removed; the name is free again on {UserFacts.Day(spent)}, when its certificate ends.");
        if (stays is { } until)
        {
            steps.Add(Step(admin, AccessKind, user, ChangeAction.Create, $"everything is denied until {UserFacts.Day(until)}"));
            warnings.Add($"{user}: its certificate cannot be taken back and is good until {UserFacts.Day(until)}. Until then everything is "
                + "denied to it, and there can be no user of that name.");
            rules = [.. rules.Except(Denial(user))];
        }

        if (facts.HasPassword)
        {
            steps.Add(Step(admin, PasswordKind, user, ChangeAction.Delete, ""));
            warnings.Add($"{user}: connections that are open end within {CutOffSeconds} s.");
        }

        if (rules.Count > 0)
            steps.Add(Step(admin, AccessKind, user, ChangeAction.Delete, Words(rules)));
        if (facts.Secret is { } secret && (stays is null || !secret.IsRemoved))
        {
            steps.Add(stays is null ? Step(admin, SecretKind, secret.Name, ChangeAction.Delete, "")
                : Change(admin, SecretKind, secret.Name, $"data[{ClusterCertificates.KeyStore}]", null));
        }

        return new UserPlan(user, PlanSteps.Numbered(steps), warnings);
    }

    /// <summary>Carries out the plan of a new user.</summary>
    public static async IAsyncEnumerable<OperationEvent> NewAsync(KafkaAdmin admin, UserPlan plan, string authentication,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        string user = plan.User;
        foreach (var step in plan.Steps.Where(s => s.Action != ChangeAction.None))
        {
            yield return new Waiting("User", $"{step.Action} {step.Kind} {step.Name}");
            switch (step.Kind, step.Action)
            {
                case (SecretKind, ChangeAction.Delete):
                    await DeleteSecretAsync(admin, user, cancel).ConfigureAwait(false);
                    break;
                case (AccessKind, _):
                    await AccessRules.DeleteAsync(admin, await AccessRules.ReadAsync(admin, user, cancel).ConfigureAwait(false), cancel)
                        .ConfigureAwait(false);
                    break;
                case (SecretKind, _):
                    await CreateSecretAsync(admin, user, authentication, cancel).ConfigureAwait(false);
                    break;
                default:
                    await TellAsync(admin, user, cancel).ConfigureAwait(false);
                    break;
            }

            yield return new Applied(step);
        }

        yield return await ShownAsync(admin, user, cancel).ConfigureAwait(false);
    }

    /// <summary>Carries out the plan of another credential.</summary>
    public static async IAsyncEnumerable<OperationEvent> ResetAsync(KafkaAdmin admin, UserPlan plan,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var step in plan.Steps)
        {
            yield return new Waiting("User", $"{step.Action} {step.Kind} {step.Name}");
            if (step.Kind == SecretKind)
                await RenewSecretAsync(admin, plan.User, cancel).ConfigureAwait(false);
            else
                await TellAsync(admin, plan.User, cancel).ConfigureAwait(false);
            yield return new Applied(step);
        }

        yield return await ShownAsync(admin, plan.User, cancel).ConfigureAwait(false);
    }

    /// <summary>Carries out the plan of a removal.</summary>
    public static async IAsyncEnumerable<OperationEvent> RemoveAsync(KafkaAdmin admin, UserPlan plan,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        string user = plan.User;
        bool stays = plan.Steps.Any(s => s.Kind == AccessKind && s.Action == ChangeAction.Create);
        foreach (var step in plan.Steps)
        {
            yield return new Waiting("User", $"{step.Action} {step.Kind} {step.Name}");
            switch (step.Kind, step.Action)
            {
                case (AccessKind, ChangeAction.Create):
                    await AccessRules.CreateAsync(admin, Denial(user), cancel).ConfigureAwait(false);
                    break;
                case (PasswordKind, _):
                    await ScramUsers.RemoveAsync(admin, user, cancel).ConfigureAwait(false);
                    break;
                case (AccessKind, _):
                    var rules = await AccessRules.ReadAsync(admin, user, cancel).ConfigureAwait(false);
                    await AccessRules.DeleteAsync(admin, stays ? [.. rules.Except(Denial(user))] : rules, cancel).ConfigureAwait(false);
                    break;
                case (_, ChangeAction.Update):
                    await PatchAsync(admin, user, UserSecret.Removal(admin.Connection.Time.GetUtcNow()), cancel).ConfigureAwait(false);
                    break;
                default:
                    await DeleteSecretAsync(admin, user, cancel).ConfigureAwait(false);
                    break;
            }

            yield return new Applied(step);
        }

        yield return new Completed<IReadOnlyList<PlanStep>>(plan.Steps);
    }

    /// <summary>What denies everything to a certificate that is still good.</summary>
    internal static IReadOnlyList<AccessRule> Denial(string user) =>
        [.. new[] { AccessRules.Topic, AccessRules.Group, AccessRules.TransactionalId }
            .Select(r => new AccessRule(user, r, "*", AccessRule.Literal, "All", AccessRule.Deny))];

    /// <summary>Refuses the name of a user whose certificate is still good.</summary>
    /// <exception cref="ClusterException"><c>UserNameSpent</c>.</exception>
    internal static void CheckNotSpent(KafkaAdmin admin, UserSecret secret, string user)
    {
        if (secret.Until is { } until && until > admin.Connection.Time.GetUtcNow())
        {
            throw new ClusterException("UserNameSpent", FailureKind.Conflict, user,
                $"The user {user} of {admin.Brokers.Names.Cluster} was removed, and its certificate is good until {UserFacts.Day(until)}: "
                + $"whoever has it would be the new user of that name. Choose another name.");
        }
    }

    private static bool StaysSpent(KafkaAdmin admin, UserFacts facts) =>
        facts.Secret is { Authentication: UserSecret.Certificate, Until: { } until } && until > admin.Connection.Time.GetUtcNow();

    private static async Task<UserFacts> FoundAsync(KafkaAdmin admin, string user, CancellationToken cancel)
    {
        // What cannot be a name is none that there is, and the API server would not even read it.
        if (!UserName.IsName(user))
            throw UserFacts.NotFound(user, admin.Brokers.Names.Cluster);
        var facts = await UserFacts.ReadAsync(admin, user, cancel).ConfigureAwait(false);
        return facts is { Secret: null, HasPassword: false, Rules.Count: 0 } ? throw UserFacts.NotFound(user, admin.Brokers.Names.Cluster)
            : facts;
    }

    private static async Task CreateSecretAsync(KafkaAdmin admin, string user, string authentication, CancellationToken cancel)
    {
        var names = admin.Brokers.Names;
        string trust = await TrustAsync(admin, cancel).ConfigureAwait(false);
        var secret = authentication == UserSecret.Certificate
            ? UserSecret.WithCertificate(names, user, await IssueAsync(admin, user, cancel).ConfigureAwait(false), trust)
            : UserSecret.WithPassword(names, user, UserSecret.NewPassword(), trust);
        await admin.Connection.CreateAsync(secret, admin.Brokers.Namespace, cancel).ConfigureAwait(false);
    }

    private static async Task RenewSecretAsync(KafkaAdmin admin, string user, CancellationToken cancel)
    {
        if (await SecretAsync(admin, user, cancel).ConfigureAwait(false) is not { } secret)
        {
            await CreateSecretAsync(admin, user, UserSecret.Password, cancel).ConfigureAwait(false);
            return;
        }

        string trust = await TrustAsync(admin, cancel).ConfigureAwait(false);
        await PatchAsync(admin, user, secret.Authentication == UserSecret.Certificate
            ? UserSecret.CertificateChange(await IssueAsync(admin, user, cancel).ConfigureAwait(false), trust, secret.Until)
            : UserSecret.PasswordChange(UserSecret.NewPassword(), trust), cancel).ConfigureAwait(false);
    }

    // The password that is told is the one that was kept.
    private static async Task TellAsync(KafkaAdmin admin, string user, CancellationToken cancel)
    {
        var secret = await SecretAsync(admin, user, cancel).ConfigureAwait(false)
            ?? throw UserFacts.NotFound(user, admin.Brokers.Names.Cluster);
        await ScramUsers.SetAsync(admin, user, secret.Text(UserSecret.PasswordEntry), cancel).ConfigureAwait(false);
        if (secret.IsPending)
            await PatchAsync(admin, user, UserSecret.Told(), cancel).ConfigureAwait(false);
    }

    private static Task<UserSecret?> SecretAsync(KafkaAdmin admin, string user, CancellationToken cancel) =>
        UserFacts.SecretAsync(admin.Connection, admin.Brokers.Namespace, admin.Brokers.Names, user, cancel);

    private static async Task DeleteSecretAsync(KafkaAdmin admin, string user, CancellationToken cancel)
    {
        if (await SecretAsync(admin, user, cancel).ConfigureAwait(false) is { } secret)
        {
            await admin.Connection.DeleteAsync(ResourceKind.Secret, admin.Brokers.Namespace, secret.Name, secret.Uid, cancel)
                .ConfigureAwait(false);
        }
    }

    private static Task<JsonObject> PatchAsync(KafkaAdmin admin, string user, JsonObject change, CancellationToken cancel) =>
        admin.Connection.MergeAsync(ResourceKind.Secret, admin.Brokers.Namespace, admin.Brokers.Names.UserSecret(user), change, cancel);

    private static async Task<Completed<KafkaUser>> ShownAsync(KafkaAdmin admin, string user, CancellationToken cancel) =>
        new((await UserFacts.ReadAsync(admin, user, cancel).ConfigureAwait(false)).Shown(admin));

    private static async Task<PemPair> IssueAsync(KafkaAdmin admin, string user, CancellationToken cancel)
    {
        using var authority = await AuthorityAsync(admin, cancel).ConfigureAwait(false);
        return authority.Issue($"CN={user}", [], CertificateUse.Client, ClusterCertificates.LeafLife, admin.Connection.Time.GetUtcNow());
    }

    private static async Task<CertificateAuthority> AuthorityAsync(KafkaAdmin admin, CancellationToken cancel) =>
        ClusterCertificates.Read(await OwnAsync(admin, ClusterCertificates.ClientsAuthority, cancel).ConfigureAwait(false));

    private static async Task<string> TrustAsync(KafkaAdmin admin, CancellationToken cancel)
    {
        var secret = await OwnAsync(admin, ClusterCertificates.Operator, cancel).ConfigureAwait(false);
        return Encoding.UTF8.GetString(Convert.FromBase64String((string?)secret["data"]?[ClusterCertificates.Trust] ?? ""));
    }

    private static async Task<JsonObject> OwnAsync(KafkaAdmin admin, string name, CancellationToken cancel)
    {
        string own = admin.Brokers.Names.Prefixed(name);
        string ns = admin.Brokers.Namespace;
        return await admin.Connection.TryGetAsync(ResourceKind.Secret, ns, own, cancel).ConfigureAwait(false)
            ?? throw new ClusterException("AuthorityMissing", FailureKind.Conflict, own,
                $"The Secret {own}, which users' credentials are made with, is not in the namespace {ns}. Nothing was changed. Put it back "
                + "from your backup.");
    }

    // A change within: what is there before and after is not shown.
    private static PlanStep Change(KafkaAdmin admin, string kind, string name, string field, string? after) =>
        Step(admin, kind, name, ChangeAction.Update, "") with { Fields = [new FieldChange(field, Masked, after)] };

    private static string Words(IReadOnlyCollection<AccessRule> rules) => rules.Count == 1 ? "1 grant"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{rules.Count} grants");

    private static PlanStep Step(KafkaAdmin admin, string kind, string name, string action, string note) =>
        PlanSteps.Of(admin.Brokers.Names, admin.Brokers.Namespace, kind, name, action, note);
}
