using System.Net.Http.Headers;
using System.Text;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>What a request shows.</summary>
/// <param name="Authorization">Its header, if any.</param>
/// <param name="Certificate">The client certificate of the TLS connection, if any.</param>
internal sealed record Credential(AuthenticationHeaderValue? Authorization, ClientCertificate? Certificate)
{
    /// <summary>Nobody in particular.</summary>
    public static readonly Credential None = new(null, null);
}

/// <summary>Where credentials come from.</summary>
internal interface ICredentialSource
{
    /// <summary>The credential of the moment. May take long: a plugin may log in.</summary>
    /// <exception cref="ClusterException">There is none to be had.</exception>
    Task<Credential> GetAsync(CancellationToken cancel);

    /// <summary>Looks for another credential after the server has refused one.</summary>
    /// <returns>Whether there may be another now.</returns>
    Task<bool> RenewAsync(Credential refused, CancellationToken cancel);
}

/// <summary>Credentials that stay.</summary>
internal sealed class FixedCredential(Credential credential) : ICredentialSource
{
    /// <inheritdoc/>
    public Task<Credential> GetAsync(CancellationToken cancel) => Task.FromResult(credential);

    /// <inheritdoc/>
    public Task<bool> RenewAsync(Credential refused, CancellationToken cancel) => Task.FromResult(false);
}

/// <summary>A bearer token in a file that somebody renews: read again each minute, as client-go does, and when the server refuses
/// it.</summary>
/// <param name="file">The file.</param>
/// <param name="fallback">Token for as long as the file cannot be read; empty for none.</param>
/// <param name="certificate">Client certificate that goes with it.</param>
/// <param name="clock">The clock.</param>
internal sealed class TokenFile(string file, string fallback, ClientCertificate? certificate, TimeProvider clock) : ICredentialSource
{
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(50); // client-go: a minute, less ten seconds

    private readonly object gate = new();
    private string token = fallback;
    private long? readAt;

    /// <inheritdoc/>
    public Task<Credential> GetAsync(CancellationToken cancel)
    {
        lock (gate)
        {
            if (readAt is not { } at || clock.GetElapsedTime(at) >= Keep)
                Read();
            return Task.FromResult(new Credential(new AuthenticationHeaderValue("Bearer", token), certificate));
        }
    }

    /// <inheritdoc/>
    public Task<bool> RenewAsync(Credential refused, CancellationToken cancel)
    {
        lock (gate)
        {
            Read();
            return Task.FromResult(refused.Authorization?.Parameter != token);
        }
    }

    private void Read()
    {
        string why;
        try
        {
            string read = File.ReadAllText(file).Trim();
            if (read.Length > 0)
            {
                token = read;
                readAt = clock.GetTimestamp();
                return;
            }

            why = "it is empty.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            why = e.Message;
        }

        if (token.Length == 0)
            throw new ClusterException("CredentialsMissing", FailureKind.Authentication, file,
                $"The file {file}, which the kubeconfig names as tokenFile, gives no token: {why} Log in again, or correct the "
                    + $"kubeconfig.");
    }
}

/// <summary>Makes the headers of credentials.</summary>
internal static class Authorization
{
    /// <summary>A bearer token.</summary>
    public static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    /// <summary>User name and password.</summary>
    public static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
}
