using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Kafka;

/// <summary>Where clients are told that a broker is.</summary>
/// <param name="Host">Name or IP address.</param>
/// <param name="Port">Port.</param>
internal sealed record BrokerAddress(string Host, int Port)
{
    /// <summary>Whether it means the machine of whoever dials it.</summary>
    public bool IsLoopback => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(Host, out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>Whether it is a name of a Service or a pod, which the DNS of Kubernetes alone knows.</summary>
    /// <remarks>Source: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/.</remarks>
    public bool IsInternal => Host.TrimEnd('.').EndsWith(".svc", StringComparison.OrdinalIgnoreCase)
        || Host.Contains(".svc.", StringComparison.OrdinalIgnoreCase)
        || Host.EndsWith(".cluster.local", StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}

/// <summary>A listener of a broker, as its settings have it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Protocol">Its security protocol, such as PLAINTEXT or SASL_SSL.</param>
/// <param name="Port">Port of the pod that it listens on.</param>
/// <param name="Advertised">Address that clients are told; null where the settings have none.</param>
internal sealed partial record BrokerListener(string Name, string Protocol, int Port, BrokerAddress? Advertised)
{
    private const string Bound = "listeners";
    private const string Told = "advertised.listeners";
    private const string Protocols = "listener.security.protocol.map";
    private const string Controllers = "controller.listener.names";

    /// <summary>The settings that <see cref="Of"/> reads.</summary>
    public static readonly IReadOnlyList<string> Settings = [Bound, Told, Protocols, Controllers];

    /// <summary>Whether a client is understood without encryption and login.</summary>
    public bool IsPlain => Protocol.Equals("PLAINTEXT", StringComparison.OrdinalIgnoreCase);

    /// <summary>The listeners for clients, in the order of the settings. Pure.</summary>
    /// <remarks>Source: https://kafka.apache.org/documentation/#brokerconfigs_listeners.</remarks>
    public static IReadOnlyList<BrokerListener> Of(IReadOnlyDictionary<string, string?> settings)
    {
        var told = Read(settings, Told).GroupBy(l => l.Name).ToDictionary(g => g.Key, g => g.First().Address);
        var protocols = List(settings, Protocols).Select(p => p.Split(':', 2)).Where(p => p.Length == 2).GroupBy(p => p[0])
            .ToDictionary(g => g.Key, g => g.First()[1]);
        var controllers = List(settings, Controllers);
        // Without advertised addresses clients are told those that it listens on.
        return [.. Read(settings, Bound).Where(l => !controllers.Contains(l.Name) && (told.Count == 0 || told.ContainsKey(l.Name)))
            .Select(l => new BrokerListener(l.Name, protocols.GetValueOrDefault(l.Name, l.Name), l.Address.Port,
                told.GetValueOrDefault(l.Name) ?? (l.Address.Host is "" or "0.0.0.0" or "::" ? null : l.Address)))];
    }

    private static IEnumerable<(string Name, BrokerAddress Address)> Read(IReadOnlyDictionary<string, string?> settings, string key) =>
        List(settings, key).Select(l => Form().Match(l)).Where(m => m.Success).Select(m => (m.Groups["name"].Value,
            new BrokerAddress(m.Groups["host"].Value, int.Parse(m.Groups["port"].ValueSpan, CultureInfo.InvariantCulture))));

    private static string[] List(IReadOnlyDictionary<string, string?> settings, string key) => (settings.GetValueOrDefault(key) ?? "")
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [GeneratedRegex(@"^(?<name>[^:/]+)://\[?(?<host>[^\[\]/]*?)\]?:(?<port>[0-9]{1,5})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
