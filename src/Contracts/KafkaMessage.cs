namespace KafkaK8s;

/// <summary>A message of a topic.</summary>
public sealed record KafkaMessage
{
    /// <summary>Name of the topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Number of the partition.</summary>
    public int Partition { get; init; }

    /// <summary>Its place in the partition.</summary>
    public long Offset { get; init; }

    /// <summary>When it was made, or taken by the broker, as the topic is set.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The key, as the encoding gives it: a text, or bytes where they are no such text; null for none.</summary>
    public object? Key { get; init; }

    /// <summary>The value, as the encoding gives it: a text, bytes where they are no such text, or an object of JSON; null for
    /// none.</summary>
    public object? Value { get; init; }

    /// <summary>The headers by name, in their order; of several of one name the last.</summary>
    public IReadOnlyDictionary<string, object?> Headers { get; init; } = new Dictionary<string, object?>();

    /// <summary>The key's bytes; null for none.</summary>
    public byte[]? KeyBytes { get; init; }

    /// <summary>The value's bytes; null for none.</summary>
    public byte[]? ValueBytes { get; init; }
}
