using System.Globalization;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>What one server says of itself, from its answers to <c>srvr</c>, <c>mntr</c> and <c>conf</c>. Pure.</summary>
/// <param name="Mode">Its role; empty outside of a quorum.</param>
/// <param name="Zxid">The last transaction that it holds; null where it did not say.</param>
/// <param name="Config">The configuration that it goes by; null outside of a quorum.</param>
internal sealed record ServerAnswer(string Mode, long? Zxid, EnsembleConfig? Config)
{
    /// <summary>A server that does not answer.</summary>
    public static readonly ServerAnswer None = new("", null, null);

    /// <summary>Whether there was an answer at all: the process lives, in a quorum or not.</summary>
    public bool Alive { get; init; }

    /// <summary>Average latency in milliseconds.</summary>
    public double? Latency { get; init; }

    /// <summary>Client connections.</summary>
    public int? Connections { get; init; }

    /// <summary>Followers in sync, where it leads.</summary>
    public int? SyncedFollowers { get; init; }

    /// <summary>Version of the software.</summary>
    public string Version { get; init; } = "";

    /// <summary>Reads the answers; each may be empty or cut off.</summary>
    public static ServerAnswer Parse(string srvr, string mntr, string conf)
    {
        string mode = FourLetterWord.Mode(srvr);
        string zxid = Value(srvr, "Zxid: 0x");
        string[] latency = Value(srvr, "Latency min/avg/max: ").Split('/');
        string version = Value(srvr, "Zookeeper version: ");
        return new ServerAnswer(mode, long.TryParse(zxid, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long z) ? z : null,
            mode.Length == 0 ? null : EnsembleConfig.Parse(conf))
        {
            Alive = srvr.Length > 0,
            Latency = latency.Length == 3
                && double.TryParse(latency[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double average) ? average : null,
            Connections = Number(Value(srvr, "Connections: ")),
            SyncedFollowers = Number(Value(mntr, "zk_synced_followers")),
            // what follows is a hash, or a build's unfilled variable
            Version = new string([.. version.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]),
        };
    }

    private static string Value(string text, string start) =>
        text.Split('\n').FirstOrDefault(l => l.StartsWith(start, StringComparison.Ordinal))?[start.Length..].Trim() ?? "";

    // mntr gives some numbers as 2.0
    private static int? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double n) ? (int)n : null;
}
