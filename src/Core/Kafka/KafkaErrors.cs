using Confluent.Kafka;
using Confluent.Kafka.Admin;

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

    /// <summary>The first error of a failure: requests about several things have one for each.</summary>
    public static Error FirstOf(KafkaException failure) => (failure switch
    {
        CreateTopicsException e => e.Results.Select(r => r.Error),
        CreatePartitionsException e => e.Results.Select(r => r.Error),
        DeleteTopicsException e => e.Results.Select(r => r.Error),
        IncrementalAlterConfigsException e => e.Results.Select(r => r.Error),
        CreateAclsException e => e.Results.Select(r => r.Error),
        DescribeAclsException e => [e.Result.Error],
        DeleteAclsException e => e.Results.Select(r => r.Error),
        AlterUserScramCredentialsException e => e.Results.Select(r => r.Error),
        _ => [],
    }).FirstOrDefault(e => e is { IsError: true }) ?? failure.Error;

    /// <summary>Our id of a broker's refusal, and what kind of failure it is.</summary>
    public static (string Id, FailureKind Kind) OfRefusal(ErrorCode code) => code switch
    {
        ErrorCode.UnknownTopicOrPart or ErrorCode.UnknownTopicId => ("TopicNotFound", FailureKind.NotFound),
        ErrorCode.TopicAlreadyExists => ("TopicExists", FailureKind.Conflict),
        ErrorCode.TopicAuthorizationFailed or ErrorCode.GroupAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed =>
            ("KafkaForbidden", FailureKind.Permission),
        _ => Passes(code) || code is ErrorCode.NotController or ErrorCode.RequestTimedOut
            ? ("KafkaBusy", FailureKind.Unavailable) : ("KafkaRefused", FailureKind.InvalidInput),
    };
}
