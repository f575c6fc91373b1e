using System.Globalization;

namespace KafkaK8s.Core.Kafka;

/// <summary>What a broker says of users with a password.</summary>
/// <param name="Error">Kafka's error code, 0 for none.</param>
/// <param name="Message">Kafka's words where there is an error.</param>
/// <param name="Users">The users that have a password for <see cref="ScramCodec.Sha512"/>.</param>
internal sealed record ScramAnswer(short Error, string? Message, IReadOnlySet<string> Users);

/// <summary>
/// The Kafka protocol's DescribeUserScramCredentials request and response. The native client has them, too, and cannot be used: it ends the
/// whole process where the request is not allowed, and never answers where there is no user (measured with 2.16.0). Pure.
/// </summary>
/// <remarks>Source: https://kafka.apache.org/protocol.html#The_Messages_DescribeUserScramCredentials (version 0: Kafka 2.7 to today,
/// KIP-554).</remarks>
internal static class ScramCodec
{
    /// <summary>Number of the mechanism SCRAM-SHA-512.</summary>
    public const sbyte Sha512 = 2;

    private const short ApiKey = 50;
    private const short Version = 0;
    private const short UnknownUser = 91; // RESOURCE_NOT_FOUND

    /// <summary>A request for some users (null: all), with its length in front.</summary>
    public static byte[] Request(IReadOnlyCollection<string>? users)
    {
        var writer = new WireWriter(flexible: true);
        writer.Int32(0);
        writer.Int16(ApiKey);
        writer.Int16(Version);
        writer.Int32(BrokerRequest.Correlation);
        writer.Int16(-1); // no client id, which is never compact
        writer.Tags();
        writer.Count(users?.Count ?? -1);
        foreach (string user in users ?? [])
        {
            writer.Text(user);
            writer.Tags();
        }

        writer.Tags();
        return writer.Frame();
    }

    /// <summary>Reads a response, without its length.</summary>
    /// <exception cref="FormatException">It is none, or one to another request.</exception>
    public static ScramAnswer Response(ReadOnlySpan<byte> bytes)
    {
        var reader = new WireReader(bytes, flexible: true);
        if (reader.Int32() != BrokerRequest.Correlation)
            throw new FormatException("the answer belongs to another request");
        reader.Tags();
        reader.Int32(); // throttle time
        short error = reader.Int16();
        string? message = reader.Text();
        var users = new HashSet<string>();
        for (int n = reader.Count(); n > 0; n--)
        {
            string user = reader.Text() ?? "";
            short ofUser = reader.Int16();
            string? words = reader.Text();
            for (int c = reader.Count(); c > 0; c--)
            {
                if (reader.Int8() == Sha512)
                    users.Add(user);
                reader.Int32(); // iterations
                reader.Tags();
            }

            reader.Tags();
            if (ofUser is not (0 or UnknownUser) && error == 0)
                (error, message) = (ofUser, string.Create(CultureInfo.InvariantCulture, $"{user}: {words}"));
        }

        return new ScramAnswer(error, message, users);
    }
}
