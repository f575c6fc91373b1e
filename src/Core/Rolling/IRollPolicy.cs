using System.Text.Json.Nodes;

namespace KafkaK8s.Core.Rolling;

/// <summary>How grave a reason against a restart is.</summary>
internal enum RollHold
{
    /// <summary>It is waited for while it gets better; nobody would be harmed by the restart.</summary>
    Tolerable,

    /// <summary>Somebody would be harmed: it is waited for while it gets better, and needs -Force when it does not.</summary>
    Forceable,

    /// <summary>It is waited for, whatever is forced: the restart would be wrong or cannot be judged.</summary>
    Unforceable,
}

/// <summary>What is missing until a restart is harmless: copies, and the bytes that they lack.</summary>
/// <param name="Copies">Copies that are not in sync.</param>
/// <param name="Bytes">What these lack; 0 where nobody can say.</param>
internal readonly record struct RollGap(int Copies, long Bytes = 0)
{
    /// <summary>Whether it has shrunk.</summary>
    public bool IsLessThan(RollGap other) => Copies < other.Copies || (Copies == other.Copies && Bytes < other.Bytes);
}

/// <summary>A reason against a restart.</summary>
/// <param name="Hold">How grave it is.</param>
/// <param name="Text">What it is.</param>
internal sealed record RollObstacle(RollHold Hold, string Text)
{
    /// <summary>What must shrink, so that it is worth waiting.</summary>
    public RollGap Gap { get; init; }

    /// <summary>For how long the gap may stand still.</summary>
    public TimeSpan Patience { get; init; } = Roller.Standstill;

    /// <summary>Tells the policy that the restart takes place all the same.</summary>
    public Action Bear { get; init; } = static () => { };
}

/// <summary>Whether a pod may restart now.</summary>
/// <param name="Obstacle">What stands against it; null where nothing does.</param>
/// <param name="Notice">What its restart brings about, which no waiting would spare; null where nothing.</param>
internal readonly record struct RollVerdict(RollObstacle? Obstacle, string? Notice = null);

/// <summary>What one kind of node needs when its pods restart.</summary>
internal interface IRollPolicy
{
    /// <summary>The order in words, for a plan.</summary>
    string InWords { get; }

    /// <summary>The pods in the order in which they restart, as it is at this moment.</summary>
    Task<IReadOnlyList<JsonObject>> OrderAsync(IReadOnlyList<JsonObject> pods, CancellationToken cancel);

    /// <summary>Whether each of the pods, and no other, may restart at this moment.</summary>
    Task<IReadOnlyList<RollVerdict>> JudgeAsync(IReadOnlyList<JsonObject> pods, CancellationToken cancel);

    /// <summary>What is missing until the pod that took another's place counts as back, though it is ready.</summary>
    Task<RollObstacle?> MissingAsync(JsonObject former, CancellationToken cancel);
}
