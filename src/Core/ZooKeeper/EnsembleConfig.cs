using System.Globalization;
using System.Text.RegularExpressions;

namespace KafkaK8s.Core.ZooKeeper;

/// <summary>A member as the configuration names it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Host">Host name under which the others reach it.</param>
/// <param name="Role"><c>participant</c>, who votes, or <c>observer</c>.</param>
/// <param name="OnLoopback">Whether it takes plaintext clients on its loopback alone.</param>
internal sealed record ConfigMember(int Id, string Host, string Role, bool OnLoopback = false);

/// <summary>A configuration of the ensemble: who belongs to it, and the version that each change moves. Pure.</summary>
/// <param name="Version">The transaction that committed it.</param>
/// <param name="Members">Members by id.</param>
internal sealed partial record EnsembleConfig(long Version, IReadOnlyList<ConfigMember> Members)
{
    /// <summary>Ids of those who vote.</summary>
    public IReadOnlyList<int> Voters => [.. Members.Where(m => m.Role == "participant").Select(m => m.Id)];

    /// <summary>Votes that a quorum needs.</summary>
    public int Quorum => Voters.Count / 2 + 1;

    /// <summary>The version as ZooKeeper writes it: hexadecimal digits.</summary>
    public string VersionText => Version.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Reads the lines <c>server.N=…</c> and <c>version=…</c>, as <c>conf</c> and <c>/zookeeper/config</c> give them; null where
    /// there are none: the server is in no quorum.</summary>
    public static EnsembleConfig? Parse(string text)
    {
        var members = ServerLine().Matches(text).Select(m => new ConfigMember(
            int.Parse(m.Groups["id"].ValueSpan, CultureInfo.InvariantCulture), m.Groups["host"].Value,
            m.Groups["role"] is { Success: true } role ? role.Value : "participant",
            m.Groups["client"].Value.StartsWith("127.0.0.1:", StringComparison.Ordinal)));
        var version = VersionLine().Match(text);
        return version.Success && members.Any() ? new EnsembleConfig(long.Parse(version.Groups[1].ValueSpan, NumberStyles.HexNumber,
            CultureInfo.InvariantCulture), [.. members.OrderBy(m => m.Id)]) : null;
    }

    /// <summary>The line that makes a server a member who votes. It listens for plaintext clients where the others do: with TLS on the
    /// loopback alone.</summary>
    public string Participant(int id, string host)
    {
        string client = Members.Any(m => m.OnLoopback) ? "127.0.0.1:2181" : "2181";
        return string.Create(CultureInfo.InvariantCulture, $"server.{id}={host}:2888:3888:participant;{client}");
    }

    [GeneratedRegex(@"^server\.(?<id>\d{1,3})=(?<host>[^:;\s]+):\d+:\d+(:(?<role>participant|observer))?(;(?<client>\S*))?\s*$",
        RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ServerLine();

    [GeneratedRegex(@"^version=([0-9a-f]{1,16})\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex VersionLine();
}
