using System.Globalization;

namespace KafkaK8s.Core.Kafka;

/// <summary>
/// The Kafka protocol's DescribeClientQuotas request and response, version 0: Kafka 2.6 to today. The console tools do not say that
/// brokers throttle them. Pure: bytes in, bytes out.
/// </summary>
/// <remarks>Source: https://kafka.apache.org/protocol.html#The_Messages_DescribeClientQuotas.</remarks>
internal static class ClientQuotas
{
    private const short ApiKey = 48;

    private static readonly string[] Keys = ["producer_byte_rate", "consumer_byte_rate", "request_percentage"];

    /// <summary>A request for all quotas, with its length in front.</summary>
    public static byte[] Request() => WireWriter.Request(ApiKey, 0, BrokerRequest.Correlation, body =>
    {
        body.Count(0); // of any client
        body.Int8(0); // and of clients that are named more exactly
    });

    /// <summary>The quotas that hold for the console tools, in words.</summary>
    /// <exception cref="FormatException">It is no such response.</exception>
    public static IReadOnlyList<string> OfConsoleTools(ReadOnlySpan<byte> bytes)
    {
        var reader = BrokerRequest.Answer(bytes);
        reader.Int32(); // throttle time
        reader.Int16(); // error
        reader.Text(); // and its words
        var quotas = new List<string>();
        for (int n = reader.Count(); n > 0; n--)
        {
            bool ours = true;
            var whom = new List<string>();
            for (int parts = reader.Count(); parts > 0; parts--)
            {
                string kind = reader.Text() ?? "";
                string? name = reader.Text();
                whom.Add($"{kind} {name ?? "(default)"}");
                ours &= name is null || (kind == "client-id" && name.StartsWith("console-", StringComparison.Ordinal))
                    || (kind == "user" && name == "ANONYMOUS");
            }

            for (int values = reader.Count(); values > 0; values--)
            {
                string key = reader.Text() ?? "";
                double value = BitConverter.Int64BitsToDouble(reader.Int64());
                if (ours && Keys.Contains(key))
                    quotas.Add(string.Create(CultureInfo.InvariantCulture, $"{key}={value} for {string.Join(", ", whom)}"));
            }
        }

        return quotas;
    }
}
