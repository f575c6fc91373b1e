using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Operations;

/// <summary>Where a listener is tried from.</summary>
internal static class TriedFrom
{
    /// <summary>Through the API server, at the pod's port.</summary>
    public const string Tunnel = nameof(Tunnel);

    /// <summary>This machine.</summary>
    public const string Here = nameof(Here);

    /// <summary>A pod in the cluster's namespace.</summary>
    public const string Pod = nameof(Pod);
}

/// <summary>What is known of one listener before it is tried.</summary>
/// <param name="Cluster">Name of the cluster.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Broker">The broker.</param>
/// <param name="Listener">The listener.</param>
/// <param name="ClusterId">Id of the Kafka cluster; null where no broker tells it.</param>
/// <param name="Refusing">Partitions that the broker leads and that refuse writes with acks=all.</param>
internal sealed record ListenerFacts(
    string Cluster, string Namespace, NodeRef Broker, BrokerListener Listener, string? ClusterId, IReadOnlyList<PartitionView> Refusing);

/// <summary>Says why a client cannot connect to a listener, and what to do. Pure.</summary>
internal static class ListenerVerdicts
{
    /// <summary>Judges one attempt.</summary>
    /// <param name="facts">What is known of the listener.</param>
    /// <param name="from">Where it was tried from.</param>
    /// <param name="advertised">Address that clients are told; null where it is not known.</param>
    /// <param name="attempt">What came of it; null where it was not tried, as the address means the machine of whoever dials it.</param>
    public static KafkaListenerCheck Judge(ListenerFacts facts, string from, BrokerAddress? advertised, ListenerTry? attempt)
    {
        var (verdict, reason, remedy) = attempt switch
        {
            null => NotMeant(facts, from, "a loopback address: only a client beside a port-forward to this pod gets there"),
            { Answer: { } answer } => Answered(facts, from, advertised, answer),
            // Whatever else listens at such an address here is nobody's failure.
            _ when from == TriedFrom.Here && advertised is { IsLoopback: true } =>
                NotMeant(facts, from, "a loopback address: only a client beside a port-forward to this pod gets there"),
            _ when from == TriedFrom.Here && advertised is { IsInternal: true } =>
                NotMeant(facts, from, "an internal name, not meant to be reached from here"),
            { Reach: Reach.Closed or Reach.NotKafka } when !facts.Listener.IsPlain => (ListenerVerdict.Secured,
                $"a connection opens; {facts.Listener.Protocol} wants more than this check has, so what answers was not asked", ""),
            _ => Failed(facts, from, advertised, attempt),
        };
        return new KafkaListenerCheck
        {
            Cluster = facts.Cluster,
            Namespace = facts.Namespace,
            Broker = facts.Broker.NodeId,
            Pod = facts.Broker.Pod,
            Listener = facts.Listener.Name,
            Advertised = advertised?.ToString() ?? "",
            Resolved = attempt?.Resolved ?? [],
            From = from,
            Reached = verdict is ListenerVerdict.Reached or ListenerVerdict.MinIsr,
            Verdict = verdict,
            Reason = reason,
            Remedy = remedy,
        };
    }

    private static (string Verdict, string Reason, string Remedy) Answered(
        ListenerFacts facts, string from, BrokerAddress? advertised, ListenerAnswer answer)
    {
        int id = facts.Broker.NodeId;
        if (facts.ClusterId is { } expected && answer.ClusterId is { } told && told != expected)
        {
            return (ListenerVerdict.LeadsElsewhere, $"a broker of another Kafka cluster answers ({told}, not {expected})",
                Lead(facts, from, advertised));
        }

        if (answer.IsAsked == false)
        {
            return (ListenerVerdict.LeadsElsewhere, $"another broker than {id} answers{(answer.Words is { } words ? $": {words}" : "")}",
                Lead(facts, from, advertised));
        }

        if (!answer.Addresses.TryGetValue(id, out var address))
        {
            return (ListenerVerdict.Unregistered, $"what answers does not know of broker {id}: it is not registered",
                Command(facts, "Get-KafkaBroker"));
        }

        if (advertised is not null && address != advertised)
        {
            return (ListenerVerdict.LeadsElsewhere, $"another listener answers: it sends clients of broker {id} to {address}",
                Lead(facts, from, advertised));
        }

        if (facts.Refusing.Count > 0)
        {
            return (ListenerVerdict.MinIsr, $"broker {id} answers, and refuses writes with acks=all to "
                + $"{HealthChecks.Count(facts.Refusing.Count, "partition")} that it leads, such as {facts.Refusing[0].Topic}-"
                + $"{facts.Refusing[0].Partition}: fewer copies in sync than min.insync.replicas",
                Command(facts, "Get-KafkaTopic", "-UnderMinIsr"));
        }

        return (ListenerVerdict.Reached, answer.IsAsked == true ? $"broker {id} answers" : "a broker answers, and does not say which it is",
            "");
    }

    private static (string Verdict, string Reason, string Remedy) NotMeant(ListenerFacts facts, string from, string reason) =>
        (ListenerVerdict.NotMeant, from == TriedFrom.Here ? $"{reason}: use Connect-KafkaCluster" : reason,
            from == TriedFrom.Here ? Command(facts, "Connect-KafkaCluster") : "");

    private static (string Verdict, string Reason, string Remedy) Failed(
        ListenerFacts facts, string from, BrokerAddress? advertised, ListenerTry attempt)
    {
        string verdict = attempt.Reach switch
        {
            Reach.NameUnresolved => ListenerVerdict.NameUnresolved,
            Reach.NobodyAnswers => ListenerVerdict.NobodyAnswers,
            Reach.Closed => ListenerVerdict.Closed,
            Reach.Silent => ListenerVerdict.Silent,
            _ => ListenerVerdict.NotKafka,
        };
        if (from == TriedFrom.Tunnel || advertised is null)
            return (verdict, attempt.Detail, Command(facts, "Get-KafkaBroker", $"{facts.Broker.NodeId}"));
        return (verdict, verdict == ListenerVerdict.NameUnresolved ? $"{advertised.Host} does not resolve: {attempt.Detail}"
            : $"{advertised}: {attempt.Detail}", Lead(facts, from, advertised));
    }

    // An internal name stands for a Service of this module; whatever else is advertised was set up by somebody else.
    private static string Lead(ListenerFacts facts, string from, BrokerAddress? advertised) =>
        from == TriedFrom.Tunnel || advertised is null ? Command(facts, "Get-KafkaBroker", $"{facts.Broker.NodeId}")
        : advertised.IsInternal ? Command(facts, "New-KafkaCluster", "-WhatIf")
        : advertised.IsLoopback ? Command(facts, "Connect-KafkaCluster")
        : $"Let {advertised} lead to port {facts.Listener.Port} of the pod {facts.Broker.Pod}: its DNS record, load balancer and firewall";

    private static string Command(ListenerFacts facts, string cmdlet, string rest = "") =>
        $"{cmdlet} {facts.Cluster}{(rest.Length == 0 ? "" : " " + rest)} -Namespace {facts.Namespace}";
}
