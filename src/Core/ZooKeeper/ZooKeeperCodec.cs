using System.Text;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>ZooKeeper's answer that something cannot be done.</summary>
/// <param name="code">Its number, as in <c>KeeperException.Code</c>.</param>
internal sealed class ZooKeeperException(int code) : Exception(Words(code))
{
    public const int ConnectionLoss = -4;
    public const int BadArguments = -8;
    public const int NewConfigNoQuorum = -13;
    public const int ReconfigInProgress = -14;
    public const int NoNode = -101;
    public const int NoAuth = -102;
    public const int BadVersion = -103;
    public const int SessionExpired = -112;
    public const int AuthFailed = -115;
    public const int ReconfigDisabled = -123;

    /// <summary>The number.</summary>
    public int Code { get; } = code;

    /// <summary>Whether the same request may succeed a little later.</summary>
    public bool IsPassing => Code is ConnectionLoss or SessionExpired or NewConfigNoQuorum or ReconfigInProgress;

    private static string Words(int code) => code switch
    {
        ConnectionLoss => "the connection was lost",
        BadArguments => "it calls the arguments wrong",
        NewConfigNoQuorum => "too few members of the new configuration are in sync",
        ReconfigInProgress => "another reconfiguration is under way",
        NoAuth => "the credential has no right to it",
        BadVersion => "the configuration has changed meanwhile",
        SessionExpired => "the session has expired",
        AuthFailed => "the credential was refused",
        ReconfigDisabled => "it was started without reconfigEnabled",
        _ => $"error {code}",
    };
}

/// <summary>
/// The few messages of ZooKeeper's own protocol that a change of the ensemble needs. Pure.
/// </summary>
/// <remarks>Source: <c>zookeeper-jute/src/main/resources/zookeeper.jute</c> and <c>ZooDefs.java</c> of apache/zookeeper.</remarks>
internal static class ZooKeeperCodec
{
    public const int PingXid = -2;
    public const int AuthXid = -4;
    private const int Create = 1;
    private const int GetData = 4;
    private const int SetData = 5;
    private const int Reconfig = 16;
    private const int Auth = 100;
    private const int CloseSession = -11;
    private const int Ephemeral = 1;
    private const int MayRead = 1;

    /// <summary>Asks for a new session. That one is granted at all is a write that a quorum has committed.</summary>
    public static byte[] Connect(TimeSpan sessionTimeout) =>
        new JuteWriter().Int(0).Long(0).Int((int)sessionTimeout.TotalMilliseconds).Long(0).Buffer(new byte[16]).Bool(false).Frame();

    /// <summary>The session's id; 0 where it was refused.</summary>
    public static long Connected(ReadOnlyMemory<byte> body)
    {
        var reader = new JuteReader(body);
        _ = reader.Int();
        return reader.Int() <= 0 ? 0 : reader.Long();
    }

    /// <summary>Adds an identity to the session. ZooKeeper accepts any: invalid credentials fail only on use.</summary>
    public static byte[] AddAuth(string identity) =>
        new JuteWriter().Int(AuthXid).Int(Auth).Int(0).Text("digest").Buffer(Encoding.UTF8.GetBytes(identity)).Frame();

    /// <summary>Creates a node that goes with the session, and that everybody may read and nobody change.</summary>
    public static byte[] CreateReadOnlyEphemeral(int xid, string path) =>
        new JuteWriter().Int(xid).Int(Create).Text(path).Buffer([]).Int(1).Int(MayRead).Text("world").Text("anyone").Int(Ephemeral).Frame();

    /// <summary>Writes a node's data, whatever its version.</summary>
    public static byte[] Set(int xid, string path, byte[] data) =>
        new JuteWriter().Int(xid).Int(SetData).Text(path).Buffer(data).Int(-1).Frame();

    /// <summary>Reads a node's data, without a watch.</summary>
    public static byte[] Get(int xid, string path) => new JuteWriter().Int(xid).Int(GetData).Text(path).Bool(false).Frame();

    /// <summary>Changes the membership, provided that the configuration still has that version.</summary>
    public static byte[] ChangeMembers(int xid, string? joining, string? leaving, long version) =>
        new JuteWriter().Int(xid).Int(Reconfig).Text(joining).Text(leaving).Text(null).Long(version).Frame();

    /// <summary>Ends the session at once, so that its node goes too.</summary>
    public static byte[] Close(int xid) => new JuteWriter().Int(xid).Int(CloseSession).Frame();

    /// <summary>The head of an answer: whose it is, and the error's number.</summary>
    public static (int Xid, int Error) Head(ReadOnlyMemory<byte> body, out JuteReader rest)
    {
        rest = new JuteReader(body);
        int xid = rest.Int();
        _ = rest.Long();
        return (xid, rest.Int());
    }
}
