using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Security;

/// <summary>Names of users. Pure.</summary>
internal static partial class UserName
{
    /// <summary>The longest: a label of Kubernetes and the common name of a certificate have no room for more.</summary>
    public const int Longest = 63;

    // Nobody shall take them for the cluster's own.
    private static readonly string[] Reserved = ["admin", "kafka", "zookeeper"];

    /// <summary>Refuses what cannot be the name of a user: it is part of a Secret's name, a label, and the common name of a
    /// certificate.</summary>
    /// <exception cref="ClusterException"><c>InvalidUserName</c>, <c>ReservedUserName</c>.</exception>
    public static void Check(string name)
    {
        if (!IsName(name))
        {
            throw new ClusterException("InvalidUserName", FailureKind.InvalidInput, name,
                $"'{name}' cannot name a user: use at most {Longest} lower-case letters, digits, '-' and '.', with a letter or digit "
                + "first, last, and beside each '.'.");
        }

        if (Reserved.Contains(name))
        {
            throw new ClusterException("ReservedUserName", FailureKind.InvalidInput, name,
                $"'{name}' is what the cluster calls a part of itself. Choose another name, such as that of the application.");
        }
    }

    /// <summary>Whether it can name a user.</summary>
    public static bool IsName(string name) => name.Length <= Longest && Name().IsMatch(name);

    // A subdomain of DNS, as the name of a Secret is one (RFC 1123); the brokers' mapping rule takes no other certificates either.
    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
