using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>The token of <c>auth-provider: oidc</c>. It is used for as long as it is good; nobody here can renew it.</summary>
internal static class OidcToken
{
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(10);

    /// <summary>The token, where it is good.</summary>
    /// <exception cref="FormatException">It is not, or the provider is another.</exception>
    public static string Check(AuthProvider provider, string user, TimeProvider clock)
    {
        if (provider.Name != "oidc")
            throw new FormatException(
                $"auth-provider '{provider.Name}' of the user '{user}' is not known here; kubectl has dropped it too. Use an exec plugin.");
        if (provider.IdToken.Length == 0)
            throw new FormatException(
                $"auth-provider oidc of the user '{user}' has no id-token. Log in with kubectl, or use an exec plugin.");
        if (ExpiryOf(provider.IdToken) is not { } until || until - Leeway <= clock.GetUtcNow())
            throw new FormatException(
                $"the id-token of auth-provider oidc of the user '{user}' is expired or no token, and is not renewed here. Log in with "
                    + $"kubectl, or use an exec plugin.");
        return provider.IdToken;
    }

    private static DateTimeOffset? ExpiryOf(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3)
            return null;
        try
        {
            string padded = parts[1].Replace('-', '+').Replace('_', '/').PadRight((parts[1].Length + 3) / 4 * 4, '=');
            return JsonNode.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(padded)))?["exp"]?.GetValue<double>() is double at
                ? DateTimeOffset.FromUnixTimeSeconds((long)at) : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
