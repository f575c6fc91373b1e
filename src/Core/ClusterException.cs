namespace KafkaK8s.Core;

/// <summary>What kind of failure it is; the cmdlets map each to a category of PowerShell.</summary>
public enum FailureKind
{
    /// <summary>The caller asked for something that cannot be.</summary>
    InvalidInput,

    /// <summary>The server refused what we sent as malformed.</summary>
    InvalidData,

    /// <summary>Something named does not exist.</summary>
    NotFound,

    /// <summary>Something of that name exists and is not ours, or has another owner.</summary>
    Conflict,

    /// <summary>The credentials are missing, expired or refused.</summary>
    Authentication,

    /// <summary>The credentials are good but do not suffice.</summary>
    Permission,

    /// <summary>The server could not be reached.</summary>
    Connection,

    /// <summary>It did not get done in time.</summary>
    Timeout,

    /// <summary>The server or the cluster cannot do it now.</summary>
    Unavailable,

    /// <summary>The operation cannot go on, for a reason that waiting does not mend.</summary>
    Stalled,
}

/// <summary>A failure that an operator can act on: its message says what happened, what stands, and what to do next.</summary>
/// <param name="id">Stable id without the module's prefix, such as <c>FieldConflict</c>.</param>
/// <param name="kind">Kind of failure.</param>
/// <param name="target">What it is about: a cluster, an object, a parameter's value.</param>
/// <param name="message">One or two sentences.</param>
/// <param name="inner">What caused it.</param>
public sealed class ClusterException(string id, FailureKind kind, object? target, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Stable id without the module's prefix.</summary>
    public string Id { get; } = id;

    /// <summary>Kind of failure.</summary>
    public FailureKind Kind { get; } = kind;

    /// <summary>What it is about.</summary>
    public object? Target { get; } = target;
}
