using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Text;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>
/// The one way to a server, for requests, watches and WebSockets alike: TLS, proxy, credentials and impersonation are put on here
/// and nowhere else.
/// </summary>
internal sealed class ApiTransport : IDisposable
{
    private readonly ServerAccess access;
    private readonly object gate = new();
    private readonly List<HttpClient> clients = [];
    private ClientCertificate? shown;

    /// <param name="access">Server, trust and credentials.</param>
    public ApiTransport(ServerAccess access)
    {
        this.access = access;
        clients.Add(NewClient(null));
    }

    /// <summary>Sends what <paramref name="make"/> makes; with another credential once more, where the server refuses the first.</summary>
    /// <param name="make">Makes the request: one that was sent cannot be sent again.</param>
    /// <param name="completion">When the answer is complete.</param>
    /// <param name="limit">Longest time for an answer; the time that a plugin takes for its credential does not count.</param>
    /// <param name="time">The clock that the limit goes by.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, HttpCompletionOption completion, TimeSpan limit,
        TimeProvider time, CancellationToken cancel)
    {
        for (bool renewed = false; ; renewed = true)
        {
            var credential = access.IsTls ? await access.Credentials.GetAsync(cancel).ConfigureAwait(false) : Credential.None;
            using var request = make();
            Sign(request, credential);
            using var timer = new CancellationTokenSource(limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, timer.Token);
            var response = await ClientFor(credential).SendAsync(request, completion, either.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.Unauthorized || renewed || !access.IsTls)
                return response;
            if (!await access.Credentials.RenewAsync(credential, cancel).ConfigureAwait(false))
                return response;
            response.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            foreach (var client in clients)
                client.Dispose();
        }
    }

    private void Sign(HttpRequestMessage request, Credential credential)
    {
        request.Headers.Authorization = credential.Authorization;
        request.Headers.TryAddWithoutValidation("User-Agent", "KafkaK8s");
        foreach (var (name, value) in access.Impersonation)
            request.Headers.TryAddWithoutValidation(name, value);
        // .NET takes the server's name for TLS from this header alone. It is sent too, where kubectl sends the address.
        if (access.TlsServerName.Length > 0)
            request.Headers.Host = access.Server.IsDefaultPort ? access.TlsServerName : $"{access.TlsServerName}:{access.Server.Port}";
    }

    // A connection shows one certificate for all its life: another certificate needs other connections.
    private HttpClient ClientFor(Credential credential)
    {
        lock (gate)
        {
            if (!ReferenceEquals(credential.Certificate, shown))
            {
                shown = credential.Certificate;
                clients.Add(NewClient(shown));
            }

            return clients[^1];
        }
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The client owns its handler.")]
    private HttpClient NewClient(ClientCertificate? certificate)
    {
        var tls = new SslClientAuthenticationOptions { ClientCertificateContext = certificate?.Context };
        access.Trust.Apply(tls);
        var handler = new SocketsHttpHandler
        {
            SslOptions = tls,
            Proxy = access.Proxy,
            UseProxy = access.Proxy is not null,
            AllowAutoRedirect = false, // credentials go to the server that the kubeconfig names, to none that an answer names
            UseCookies = false,
            AutomaticDecompression = access.Compressed ? DecompressionMethods.GZip : DecompressionMethods.None,
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            EnableMultipleHttp2Connections = true,
            // Without pings a network that dies silently is noticed after three and a half minutes.
            KeepAlivePingDelay = TimeSpan.FromSeconds(5),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        };
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // a watch lives long; requests have their own limit
    }
}
