using System.Management.Automation;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Operations;

namespace KafkaK8s.Cmdlets;

/// <summary>Gives what a client needs to connect to a cluster, in the client's own form.</summary>
[Cmdlet(VerbsCommon.Get, "KafkaClientConfig")]
[OutputType(typeof(string))]
public sealed class GetKafkaClientConfigCommand : KafkaCmdlet
{
    /// <summary>A minute: a healthy API server answers in a second.</summary>
    public GetKafkaClientConfigCommand() => TimeoutSeconds = 60;

    /// <summary>Name of the cluster.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Cluster")]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    [ValidateNotNullOrEmpty]
    [ClusterName(Standing = true)]
    public string Name { get; set; } = ClusterSpec.DefaultName;

    /// <summary>The form.</summary>
    [Parameter(Position = 1)]
    [ValidateSet("Java", "Librdkafka", "Spring", "DotNet", "Secret")]
    public string Format { get; set; } = "Java";

    /// <summary>The user that the client is. Its credential is part of what is given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(UserCompleter))]
    [ValidateNotNullOrEmpty]
    [TopicName(Of = nameof(KafkaUser))]
    public string? User { get; set; }

    /// <inheritdoc/>
    protected override void ProcessItem()
    {
        CheckRow();
        string? user = User ?? (InputObject is null ? null : ModuleObjects.NameOf(nameof(KafkaUser), InputObject));
        WriteObject(InputObject?.BaseObject is KafkaTunnel tunnel ? OfTunnel(tunnel, user) : OfCluster(user), enumerateCollection: true);
    }

    private IReadOnlyList<string> OfTunnel(KafkaTunnel tunnel, string? user) => user is null && Format != "Secret"
        ? ClientConfig.Of(Format, tunnel) : throw new ClusterException("UserUnfit", FailureKind.InvalidInput, tunnel.Cluster,
            "A tunnel has a login of its own, and leads to the brokers as the cluster's operator: leave -User and -Format Secret out, or "
            + "give the name of the cluster in place of the tunnel.");

    private IReadOnlyList<string> OfCluster(string? user)
    {
        // The property Name of a user is not that of a cluster.
        string cluster = !GivenForAll(nameof(Name)) && InputObject is not null && ModuleObjects.KafkaClusterOf(InputObject) is string piped
            ? piped : Name;
        if (user is null && Format == "Secret")
        {
            throw new ClusterException("UserNeeded", FailureKind.InvalidInput, cluster,
                "-Format Secret gives a Secret with the credential of a user: say which, with -User.");
        }

        var connection = Connect(cluster);
        var brokers = Await(cluster, cancel => BrokerSetView.FindAsync(connection, NamespaceOf(connection), cluster, cancel));
        return user is null ? ClientConfig.Of(Format, brokers)
            : Await(user, cancel => UserConfig.RunAsync(connection, brokers, user, Format, cancel));
    }
}
