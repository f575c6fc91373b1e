using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>The handshake of WebSockets (RFC 6455, section 4.2.2).</summary>
internal static class WebSocketKey
{
    /// <summary>What a server that speaks the protocol answers to a key.</summary>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms",
        Justification = "The protocol says so; nothing is secured by it.")]
    public static string Answer(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}
