using Confluent.Kafka;

namespace KafkaK8s.Core.Kafka;

/// <summary>Kafka's error codes.</summary>
internal static class KafkaErrors
{
    /// <summary>
    /// What passes soon after an election or a start, and what Kafka's own consumer asks again for (OffsetFetcherUtils): above all a new
    /// leader says OFFSET_NOT_AVAILABLE until its followers have fetched (KIP-207).
    /// </summary>
    private static readonly HashSet<ErrorCode> Passing =
    [
        ErrorCode.OffsetNotAvailable, ErrorCode.NotLeaderForPartition, ErrorCode.LeaderNotAvailable, ErrorCode.ReplicaNotAvailable,
        ErrorCode.FencedLeaderEpoch, ErrorCode.UnknownLeaderEpoch, ErrorCode.KafkaStorageError, ErrorCode.UnknownTopicOrPart,
        ErrorCode.GroupCoordinatorNotAvailable, ErrorCode.GroupLoadInProgress, ErrorCode.NotCoordinatorForGroup,
    ];

    /// <summary>A code in Kafka's words. Loads the native library, so only where something failed.</summary>
    public static string Words(short code) => new Error((ErrorCode)code).Reason;

    /// <summary>Whether to ask again helps.</summary>
    public static bool Passes(ErrorCode code) => Passing.Contains(code);

    /// <summary>Whether to ask again helps.</summary>
    public static bool Passes(short code) => Passes((ErrorCode)code);
}
