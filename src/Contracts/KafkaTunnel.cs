namespace KafkaK8s;

/// <summary>A way from this machine to a cluster, held open for other clients. Its figures are those of the moment at which they are
/// read.</summary>
public sealed class KafkaTunnel
{
    private readonly Func<(int Connections, long Sent, long Received)?> figures;

    internal KafkaTunnel(Func<(int Connections, long Sent, long Received)?> figures) => this.figures = figures;

    /// <summary>Name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>Namespace of the cluster.</summary>
    public required string Namespace { get; init; }

    /// <summary>Addresses of the brokers on this machine, for any Kafka client: 127.0.0.1:port, one for each broker.</summary>
    public required string Bootstrap { get; init; }

    /// <summary>What clients show to be let in; null where they need nothing. Get-KafkaClientConfig writes it down.</summary>
    internal string? Password { get; init; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Open, or Closed for good.</summary>
    public string State => figures() is null ? "Closed" : "Open";

    /// <summary>Connections of clients that are open.</summary>
    public int Connections => figures()?.Connections ?? 0;

    /// <summary>Bytes that clients sent so far.</summary>
    public long BytesSent => figures()?.Sent ?? 0;

    /// <summary>Bytes that clients received so far.</summary>
    public long BytesReceived => figures()?.Received ?? 0;

    /// <summary>Context of the kubeconfig that it goes through; null for EKS.</summary>
    public string? Context { get; init; }

    /// <summary>Path of that kubeconfig; null for the default one.</summary>
    public string? KubeConfig { get; init; }

    /// <summary>Connection to the EKS cluster that it goes through; null where that is a kubeconfig.</summary>
    public EksConnection? Connection { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Bootstrap;
}
