using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KafkaK8s.Core.Kubernetes.Config;

/// <summary>A client certificate with its key and the intermediates that go with it.</summary>
internal sealed class ClientCertificate : IDisposable
{
    private readonly X509Certificate2 leaf;
    private readonly X509Certificate2Collection all = [];

    private ClientCertificate(byte[] certificate, byte[] key)
    {
        string pem = Encoding.UTF8.GetString(certificate);
        all.ImportFromPem(pem);
        var made = X509Certificate2.CreateFromPem(pem, Encoding.UTF8.GetString(key));
        leaf = OperatingSystem.IsWindows() ? Stored(made) : made;
        Context = SslStreamCertificateContext.Create(leaf, all, offline: true);
    }

    /// <summary>What TLS sends.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Reads a certificate and its key in PEM: PKCS#1, SEC1 or PKCS#8.</summary>
    /// <exception cref="FormatException">One of them cannot be read, or they do not belong together.</exception>
    public static ClientCertificate Read(byte[] certificate, byte[] key, string owner)
    {
        try
        {
            return new ClientCertificate(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FormatException($"client-certificate and client-key of the {owner} cannot be used: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        leaf.Dispose();
        foreach (var certificate in all)
            certificate.Dispose();
    }

    // TLS on Windows takes no key that was never stored.
    private static X509Certificate2 Stored(X509Certificate2 made)
    {
        using (made)
            return new X509Certificate2(made.Export(X509ContentType.Pkcs12));
    }
}
