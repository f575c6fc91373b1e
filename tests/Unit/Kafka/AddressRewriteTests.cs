using KafkaK8s.Core.Kafka;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kafka;

/// <summary>Answers as the message definitions of Kafka 3.9 and 4.1 lay them out, field by field, in each version.</summary>
public sealed class AddressRewriteTests
{
    private const short Metadata = 3, FindCoordinator = 10, ApiVersions = 18, DescribeCluster = 60;

    public static TheoryData<short, short> AllVersions()
    {
        var data = new TheoryData<short, short>();
        foreach (var (key, newest) in new[] { (Metadata, 12), (FindCoordinator, 6), (DescribeCluster, 2) })
        {
            for (short version = 0; version <= newest; version++)
                data.Add(key, version);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(AllVersions))]
    public void Each_broker_gets_its_port_of_this_machine_and_nothing_else_changes(short apiKey, short version) =>
        Assert.Equal(Answer(apiKey, version, id => ("127.0.0.1", 40_000 + id)),
            Rewritten(apiKey, version, Answer(apiKey, version, id => ($"broker-{id}.kafka-headless.a-namespace.svc", 19_092 + id))));

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public void No_coordinator_stays_none(short version)
    {
        byte[] none = Coordinator(version, -1, "", -1);
        Assert.Equal(none, Rewritten(FindCoordinator, version, none));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Versions_whose_addresses_are_unknown_are_not_offered(short version) =>
        Assert.Equal(Versions(version, 0, [(0, 0, 9), (1, 4, 15), (2, 0, 10), (3, 0, 12), (10, 0, 6), (18, 0, 4), (60, 0, 2)]),
            Rewritten(ApiVersions, version,
                Versions(version, 0, [(0, 0, 13), (1, 4, 18), (2, 0, 10), (3, 0, 13), (10, 0, 7), (18, 0, 5), (60, 0, 3)])));

    [Fact]
    public void What_an_old_broker_offers_stays_as_it_is()
    {
        byte[] kafka011 = Versions(0, 0, [(0, 0, 3), (1, 0, 5), (3, 0, 4), (10, 0, 1), (18, 0, 1)]);
        Assert.Equal(kafka011, Rewritten(ApiVersions, 0, (byte[])kafka011.Clone()));
    }

    [Fact]
    public void A_broker_too_old_for_the_question_answers_it_in_version_0()
    {
        byte[] refused = Versions(0, 35, [(18, 0, 2)]);
        Assert.Equal(refused, Rewritten(ApiVersions, 3, (byte[])refused.Clone()));
    }

    [Theory]
    [InlineData(Metadata, 13)]
    [InlineData(DescribeCluster, 3)]
    public void A_version_that_was_not_offered_is_refused(short apiKey, short version) =>
        Assert.Throws<FormatException>(() => Rewritten(apiKey, version, Answer(apiKey, 0, _ => ("x", 1))));

    [Theory]
    [InlineData(Metadata, 4, "0000000c0000002a000000007fffffff")]
    [InlineData(Metadata, 12, "0000000e0000002a0000000000ffffffff0f")]
    [InlineData(ApiVersions, 3, "0000000c0000002a0000ffffffffffff")]
    [InlineData(ApiVersions, 0, "000000040000002a")]
    public void Garbage_is_refused(short apiKey, short version, string hex) =>
        Assert.Throws<FormatException>(() => Rewritten(apiKey, version, Convert.FromHexString(hex)));

    internal static byte[] Answer(short apiKey, short version, Func<int, (string Host, int Port)> address) => apiKey switch
    {
        Metadata => Cluster(version, address),
        FindCoordinator => Coordinator(version, 2, address(2).Host, address(2).Port),
        _ => Described(version, address),
    };

    internal static byte[] Versions(short version, short error, (short Key, short Oldest, short Newest)[] keys) =>
        Frame(version >= 3, false, w =>
    {
        w.Int16(error);
        w.Count(keys.Length);
        foreach (var (key, oldest, newest) in keys)
        {
            w.Int16(key);
            w.Int16(oldest);
            w.Int16(newest);
            w.Tags();
        }

        if (version >= 1)
            w.Int32(0);
        w.Tags();
    });

    private static byte[] Rewritten(short apiKey, short version, byte[] frame) =>
        AddressRewrite.Answer(apiKey, version, frame, id => 40_000 + id);

    private static byte[] Cluster(short version, Func<int, (string Host, int Port)> address) => Frame(version >= 9, version >= 9, w =>
    {
        if (version >= 3)
            w.Int32(7);
        w.Count(3);
        for (int id = 0; id < 3; id++)
        {
            w.Int32(id);
            w.Text(address(id).Host);
            w.Int32(address(id).Port);
            if (version >= 1)
                w.Text(id == 1 ? null : "zone-a");
            if (version >= 9)
                w.Bytes([1, 5, 2, 0xab, 0xcd]); // a tagged field that nobody knows
        }

        if (version >= 2)
            w.Text("an-id-of-22-characters");
        if (version >= 1)
            w.Int32(1);
        w.Bytes("topics as they come, up to the end"u8);
    });

    private static byte[] Coordinator(short version, int id, string host, int port) => Frame(version >= 3, version >= 3, w =>
    {
        if (version >= 1)
            w.Int32(7);
        if (version >= 4)
        {
            w.Count(1);
            w.Text("a group");
        }
        else
        {
            w.Int16(0);
            if (version >= 1)
                w.Text("NONE");
        }

        w.Int32(id);
        w.Text(host);
        w.Int32(port);
        if (version >= 4)
        {
            w.Int16(0);
            w.Text(null);
            w.Tags();
        }

        w.Tags();
    });

    private static byte[] Described(short version, Func<int, (string Host, int Port)> address) => Frame(true, true, w =>
    {
        w.Int32(7);
        w.Int16(0);
        w.Text(null);
        if (version >= 1)
            w.Int8(1);
        w.Text("an-id-of-22-characters");
        w.Int32(1);
        w.Count(3);
        for (int id = 0; id < 3; id++)
        {
            w.Int32(id);
            w.Text(address(id).Host);
            w.Int32(address(id).Port);
            w.Text(id == 1 ? null : new string('z', 200));
            if (version >= 2)
                w.Int8(0);
            w.Tags();
        }

        w.Int32(int.MinValue);
        w.Tags();
    });

    private static byte[] Frame(bool flexible, bool flexibleHeader, Action<WireWriter> body)
    {
        var w = new WireWriter(flexible);
        w.Int32(0);
        w.Int32(42);
        if (flexibleHeader)
            w.Tags();
        body(w);
        return w.Frame();
    }
}
