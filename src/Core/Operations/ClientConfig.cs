using System.Text.Json;

namespace KafkaK8s.Core.Operations;

/// <summary>What a client is told to reach a cluster, in its own form. Pure.</summary>
internal static class ClientConfig
{
    /// <summary>The text of a form, line by line.</summary>
    /// <param name="format">Java, Librdkafka, Spring or DotNet.</param>
    /// <param name="bootstrap">Addresses of the brokers.</param>
    public static IReadOnlyList<string> Lines(string format, string bootstrap) => format switch
    {
        "Librdkafka" => [$"bootstrap.servers={bootstrap}", "security.protocol=plaintext"],
        "Spring" => ["spring:", "  kafka:", $"    bootstrap-servers: {bootstrap}", "    security:", "      protocol: PLAINTEXT"],
        "DotNet" =>
        [
            .. JsonSerializer.Serialize(new { Kafka = new { BootstrapServers = bootstrap, SecurityProtocol = "Plaintext" } },
                JsonText.Indented).Split('\n'),
        ],
        _ => [$"bootstrap.servers={bootstrap}", "security.protocol=PLAINTEXT"],
    };
}
