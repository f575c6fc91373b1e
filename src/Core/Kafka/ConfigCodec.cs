namespace KafkaK8s.Core.Kafka;

/// <summary>What a DescribeConfigs request can be about.</summary>
internal enum ConfigOf
{
    /// <summary>A topic: its own settings, and the brokers' where it has none.</summary>
    Topic = 2,

    /// <summary>A broker.</summary>
    Broker = 4,
}

/// <summary>The settings of one topic or broker.</summary>
/// <param name="Name">Topic, or id of the broker.</param>
/// <param name="Error">Kafka's error code, 0 for none.</param>
/// <param name="Values">The settings that were asked for; secret ones have no value.</param>
internal sealed record ConfigAnswer(string Name, short Error, IReadOnlyDictionary<string, string?> Values)
{
    /// <summary>Kafka's words where there is an error.</summary>
    public string? Message { get; init; }

    /// <summary>The settings that the topic has of its own; the others are the brokers'.</summary>
    public IReadOnlySet<string> Own { get; init; } = new HashSet<string>();

    /// <summary>What each setting is for, in Kafka's own words; empty unless it was asked for.</summary>
    public IReadOnlyDictionary<string, string> Documentation { get; init; } = new Dictionary<string, string>();
}

/// <summary>The Kafka protocol's DescribeConfigs request and response. Pure: bytes in, bytes out.</summary>
/// <remarks>Source: https://kafka.apache.org/protocol.html#The_Messages_DescribeConfigs.</remarks>
internal static class ConfigCodec
{
    /// <summary>The versions to try, best first: 1.1 to today, 0.11.</summary>
    public static readonly IReadOnlyList<short> Versions = [1, 0];

    /// <summary>The first version that documents the settings, of Kafka 2.6 (KIP-569).</summary>
    public const short Documented = 3;

    private const short ApiKey = 32;

    // Version 0 says only whether it is a default, the others where it comes from.
    private const sbyte NoDefault = 0;
    private const sbyte OfTheTopic = 1;

    /// <summary>A request for some settings (null: all) of topics or of a broker, with its length in front.</summary>
    public static byte[] Request(short version, ConfigOf of, IReadOnlyCollection<string> names, IReadOnlyCollection<string>? keys) =>
        WireWriter.Request(ApiKey, version, BrokerRequest.Correlation, body =>
        {
            body.Count(names.Count);
            foreach (string name in names)
            {
                body.Int8((sbyte)of);
                body.Text(name);
                body.Count(keys?.Count ?? -1);
                foreach (string key in keys ?? [])
                    body.Text(key);
            }

            if (version >= 1)
                body.Int8(0); // no synonyms
            if (version >= Documented)
                body.Int8(1);
        });

    /// <summary>Reads a response, without its length.</summary>
    /// <exception cref="FormatException">It is none, or one to another request.</exception>
    public static IReadOnlyList<ConfigAnswer> Response(short version, ReadOnlySpan<byte> bytes)
    {
        var reader = BrokerRequest.Answer(bytes);
        reader.Int32(); // throttle time
        var answers = new List<ConfigAnswer>();
        for (int n = reader.Count(); n > 0; n--)
        {
            short error = reader.Int16();
            string? message = reader.Text();
            reader.Int8(); // topic or broker
            string name = reader.Text() ?? "";
            var values = new Dictionary<string, string?>();
            var own = new HashSet<string>();
            var documentation = new Dictionary<string, string>();
            for (int c = reader.Count(); c > 0; c--)
            {
                string key = reader.Text() ?? "";
                values[key] = reader.Text();
                reader.Skip(1); // read only
                if (reader.Int8() == (version == 0 ? NoDefault : OfTheTopic))
                    own.Add(key);
                reader.Skip(1); // secret
                if (version < 1)
                    continue;
                for (int s = reader.Count(); s > 0; s--)
                {
                    reader.Text();
                    reader.Text();
                    reader.Int8();
                }

                if (version < Documented)
                    continue;
                reader.Int8(); // its type
                documentation[key] = reader.Text() ?? "";
            }

            answers.Add(new ConfigAnswer(name, error, values) { Message = message, Own = own, Documentation = documentation });
        }

        return answers;
    }
}
