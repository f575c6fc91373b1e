using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace KafkaK8s.Core.Kafka;

/// <summary>The users that the brokers know by a password, for SCRAM-SHA-512.</summary>
internal static class ScramUsers
{
    /// <summary>How often a password is hashed before it is kept; the brokers take 4096 to 16384.</summary>
    /// <remarks>Source: org.apache.kafka.common.security.scram.internals.ScramMechanism.</remarks>
    public const int Iterations = 8192;

    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(5);

    /// <summary>Those of some users (null: of all) that a broker knows; any broker can tell.</summary>
    /// <remarks>Source: kafka.server.KafkaApis.handleDescribeUserScramCredentialsRequest.</remarks>
    /// <exception cref="ClusterException"><c>KafkaSilent</c>, or by the broker's own code an id of
    /// <see cref="KafkaErrors.OfRefusal"/>.</exception>
    public static async Task<IReadOnlySet<string>> KnownAsync(BrokerSetView brokers, IReadOnlyCollection<string>? users,
        CancellationToken cancel)
    {
        string why = "there are none";
        Exception? last = null;
        foreach (var broker in brokers.Brokers)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(AskLimit);
            try
            {
                if (await BrokerRequest.SendAsync(brokers.Door, broker.Pod, ScramCodec.Request(users), limit.Token).ConfigureAwait(false)
                    is { } bytes)
                    return Read(ScramCodec.Response(bytes), brokers);
                why = "they close the connection";
            }
            catch (Exception e) when (e is IOException or FormatException or ClusterException { Id: "PortForwardFailed" or "TlsFailed" }
                || (e is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                last = e;
                why = e is OperationCanceledException ? $"no answer within {AskLimit.TotalSeconds:0} s" : e.Message.TrimEnd('.');
            }
        }

        throw new ClusterException("KafkaSilent", FailureKind.Unavailable, brokers.Names.Cluster,
            $"The brokers of {brokers.Names.Cluster} gave no answer about users: {why}. Get-KafkaCluster {brokers.Names.Cluster} says "
            + "what is wrong.", last);
    }

    /// <summary>Tells the brokers a password, in place of a former one.</summary>
    public static Task SetAsync(KafkaAdmin admin, string user, string password, CancellationToken cancel) =>
        AlterAsync(admin, new UserScramCredentialUpsertion
        {
            User = user,
            ScramCredentialInfo = new ScramCredentialInfo { Mechanism = ScramMechanism.ScramSha512, Iterations = Iterations },
            Password = Encoding.UTF8.GetBytes(password),
        }, cancel);

    /// <summary>Makes the brokers forget a user.</summary>
    public static Task RemoveAsync(KafkaAdmin admin, string user, CancellationToken cancel) =>
        AlterAsync(admin, new UserScramCredentialDeletion { User = user, Mechanism = ScramMechanism.ScramSha512 }, cancel);

    private static Task AlterAsync(KafkaAdmin admin, UserScramCredentialAlteration alteration, CancellationToken cancel) =>
        admin.AskAsync(alteration.User, c => c.AlterUserScramCredentialsAsync([alteration],
            new AlterUserScramCredentialsOptions { RequestTimeout = KafkaAdmin.RequestLimit }), cancel);

    private static IReadOnlySet<string> Read(ScramAnswer answer, BrokerSetView brokers)
    {
        if (answer.Error == 0)
            return answer.Users;
        var (id, kind) = KafkaErrors.OfRefusal((ErrorCode)answer.Error);
        throw new ClusterException(id, kind, brokers.Names.Cluster,
            $"Kafka refuses to tell the users of {brokers.Names.Cluster}: {answer.Message ?? KafkaErrors.Words(answer.Error)}.");
    }
}
