using KafkaK8s.Core.Model;
using KafkaK8s.Core.ZooKeeper;

namespace KafkaK8s.Core.Rolling;

/// <summary>What a command wants of an ensemble.</summary>
internal abstract record EnsembleGoal;

/// <summary>More members.</summary>
/// <param name="Members">Members that it is to have.</param>
internal sealed record GrowTo(int Members) : EnsembleGoal;

/// <summary>Fewer members.</summary>
/// <param name="Members">Members that it is to have.</param>
/// <param name="Claims">Volume claims that go with the servers.</param>
internal sealed record ShrinkTo(int Members, IReadOnlyList<string> Claims) : EnsembleGoal;

/// <summary>Servers that are started anew.</summary>
/// <param name="Servers">The servers.</param>
/// <param name="Credential">What becomes of the credential first; null where it stays.</param>
internal sealed record RestartServers(IReadOnlyList<NodeRef> Servers, string? Credential) : EnsembleGoal;

/// <summary>What the next step depends on: what was seen of the ensemble, and what this run has done. Pure.</summary>
internal sealed record EnsembleState
{
    /// <summary>Names of the cluster.</summary>
    public required ClusterNames Names { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public required string Namespace { get; init; }

    /// <summary>Members who vote, by id.</summary>
    public required IReadOnlyList<NodeRef> Voters { get; init; }

    /// <summary>Pods that the set is to have.</summary>
    public required int Replicas { get; init; }

    /// <summary>The leader; null where there is none.</summary>
    public NodeRef? Leader { get; init; }

    /// <summary>All servers, in the order in which they would restart now.</summary>
    public IReadOnlyList<NodeRef> Order { get; init; } = [];

    /// <summary>The steps that were carried out.</summary>
    public IReadOnlyList<PlanStep> Done { get; init; } = [];

    /// <summary>The step before the next one; null at the beginning.</summary>
    public PlanStep? Last => Done.Count == 0 ? null : Done[^1];

    /// <summary>Pods up to the highest member: what the set needs.</summary>
    public int Needed => Voters.Count == 0 ? 0 : Voters[^1].Ordinal + 1;

    /// <summary>What a look shows, before anything was done.</summary>
    public static EnsembleState Of(EnsembleView view) => new()
    {
        Names = view.Names,
        Namespace = view.Namespace,
        Voters = view.Voters,
        Replicas = view.Replicas,
        Leader = view.Leader?.Node,
        Order = [.. EnsembleGuards.RestartOrder(view, view.Servers.Select(s => s.Id)).Select(s => s.Node)],
    };

    /// <summary>The same run after another look.</summary>
    public EnsembleState Seen(EnsembleView view) => Of(view) with { Done = Done };

    /// <summary>The same run with a step more.</summary>
    public EnsembleState With(PlanStep step) => this with { Done = [.. Done, step] };

    /// <summary>Whether this run has done something to this.</summary>
    public bool Has(string action, string name) => Done.Any(s => s.Action == action && s.Name == name);
}
