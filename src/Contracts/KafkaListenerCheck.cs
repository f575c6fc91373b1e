namespace KafkaK8s;

/// <summary>What came of trying a listener.</summary>
/// <remarks>Words and no enumeration: JSON, CSV and a comparison in a script then show the same word.</remarks>
public static class ListenerVerdict
{
    /// <summary>The broker answers there.</summary>
    public const string Reached = nameof(Reached);

    /// <summary>The address is not meant for clients from there, and does not answer: a name inside the Kubernetes cluster, or a
    /// loopback address.</summary>
    public const string NotMeant = nameof(NotMeant);

    /// <summary>A connection opens; the listener wants encryption or a login, so it was not asked which broker it is.</summary>
    public const string Secured = nameof(Secured);

    /// <summary>The broker answers, and refuses writes with acks=all to partitions that it leads.</summary>
    public const string MinIsr = nameof(MinIsr);

    /// <summary>The host name has no address.</summary>
    public const string NameUnresolved = nameof(NameUnresolved);

    /// <summary>Nobody takes the connection.</summary>
    public const string NobodyAnswers = nameof(NobodyAnswers);

    /// <summary>A connection opens, and is closed without an answer.</summary>
    public const string Closed = nameof(Closed);

    /// <summary>A connection opens, and no answer comes.</summary>
    public const string Silent = nameof(Silent);

    /// <summary>What answers does not speak Kafka's protocol.</summary>
    public const string NotKafka = nameof(NotKafka);

    /// <summary>Another broker, another listener or another cluster answers there.</summary>
    public const string LeadsElsewhere = nameof(LeadsElsewhere);

    /// <summary>A broker answers, and does not know of this one: it is not registered.</summary>
    public const string Unregistered = nameof(Unregistered);

    /// <summary>All of them, those without a problem first.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Reached, NotMeant, Secured, MinIsr, NameUnresolved, NobodyAnswers, Closed, Silent, NotKafka, LeadsElsewhere, Unregistered];
}

/// <summary>A listener of a broker, tried from one place: whether a client there can connect, and why not.</summary>
public sealed record KafkaListenerCheck
{
    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Id of the broker.</summary>
    public int Broker { get; init; }

    /// <summary>Its pod.</summary>
    public required string Pod { get; init; }

    /// <summary>Name of the listener; empty where the broker does not tell its listeners.</summary>
    public string Listener { get; init; } = "";

    /// <summary>Address that clients of this listener are told, as host:port; empty where no broker tells it.</summary>
    public string Advertised { get; init; } = "";

    /// <summary>IP addresses of the host, seen from there; empty where it has none, or was not looked up.</summary>
    public IReadOnlyList<string> Resolved { get; init; } = [];

    /// <summary>Where it was tried from: <c>Tunnel</c> (through the API server, to the pod's port), <c>Here</c> (this machine) or
    /// <c>Pod</c> (a pod of the cluster's namespace).</summary>
    public required string From { get; init; }

    /// <summary>Whether the broker answered there.</summary>
    public bool Reached { get; init; }

    /// <summary>What came of it, one of the words of <see cref="ListenerVerdict"/>.</summary>
    public required string Verdict { get; init; }

    /// <summary>Why, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>A command or what to do; empty where there is nothing to be done.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>Whether a client that should connect from there cannot, or cannot write.</summary>
    public bool IsProblem => Verdict is not (ListenerVerdict.Reached or ListenerVerdict.NotMeant or ListenerVerdict.Secured);

    /// <summary>Context of the kubeconfig that was used.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster through which it was read; null where that was a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Verdict} broker {Broker} {Listener} from {From}: {Reason}";
}
