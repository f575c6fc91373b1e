using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KafkaK8s.Core.Model;
using Xunit;

namespace KafkaK8s.Tests.Unit.Manifests;

/// <summary>Parts of the start scripts, run as they stand in the manifests.</summary>
public sealed class StartScriptTests
{
    private const string Kafka = "kafka-start.sh";

    // What a broker reads is what was given, after Kubernetes, the start script and Java's Properties.
    [Theory]
    [InlineData("72")]
    [InlineData("")]
    [InlineData("a,b , c")]
    [InlineData("a$$b$(POD_NAME)")]
    [InlineData("$1 $$ $$$ $ $(X) $$(X) $$$(X) $( $")]
    [InlineData(@"RULE:^CN=(\w+)\.x$/$1/L, DEFAULT")]
    [InlineData(@"C:\temp\new\")]
    [InlineData(@"\\server\u0041")]
    [InlineData("  leading and trailing  ")]
    [InlineData("\tx")]
    [InlineData("#no comment")]
    [InlineData("!no comment")]
    [InlineData("a=b:c=d")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")]
    [InlineData("a\r\nbroker.id=7")]
    [InlineData("é ☃ \U0001F600")]
    [InlineData("`id` $(id) \"'")]
    public void A_property_arrives_as_given(string value)
    {
        var config = new Dictionary<string, string?> { ["some.key"] = value, ["z.last"] = "1" };
        string seen = Expand(BrokerConfig.Lines(config), new() { ["POD_NAME"] = "demo-kafka-0", ["X"] = "x" });
        string script = Part(Kafka, "# put KEY VALUE", "members=()")
            + "put_lines <<< \"$EXTRA_PROPERTIES\"\n"
            + Part(Kafka, "for key in \"${keys[@]}\"", "\n").Replace("> \"$config\"", "", StringComparison.Ordinal);
        var read = Properties(Bash(script, ("EXTRA_PROPERTIES", seen)));
        Assert.Equal([("some.key", value), ("z.last", "1")], read);
    }

    // Without this a cluster of an older module would restart for a value that reads the same.
    [Theory]
    [InlineData("72")]
    [InlineData("a,b")]
    [InlineData("RULE:^CN=(.*?),.*$/$1/L, DEFAULT")]
    [InlineData("1.5E3 = x #")]
    public void An_ordinary_property_is_written_as_before(string value)
    {
        var config = new Dictionary<string, string?> { ["some.key"] = value };
        Assert.Equal(BrokerConfig.FormerLines(config), BrokerConfig.Lines(config));
    }

    [Theory]
    [InlineData(256, 128)] // the least that -BrokerMemory takes
    [InlineData(1024, 512)]
    [InlineData(4096, 2048)]
    [InlineData(10240, 5120)]
    [InlineData(65536, 5120)]
    public void Half_of_a_brokers_memory_is_heap_up_to_5_GiB(int limit, int heap)
    {
        string script = Part(Kafka, "heap=$((", "# the log goes") + "echo \"$KAFKA_HEAP_OPTS\"";
        Assert.Equal($"-Xms{heap}m -Xmx{heap}m", Bash(script, ("MEMORY_LIMIT_MIB", limit.ToString(CultureInfo.InvariantCulture))).Trim());
    }

    [Theory]
    [InlineData(192, 64)] // the least that -ZooKeeperMemory takes
    [InlineData(512, 384)]
    [InlineData(1024, 768)]
    [InlineData(4096, 3072)]
    public void A_quarter_of_a_servers_memory_and_128_MiB_at_least_is_no_heap(int limit, int heap)
    {
        string script = Part("zk-start.sh", "rest=$((", "export ZOO_LOG_DIR") + "echo \"$ZK_SERVER_HEAP\"";
        Assert.Equal(heap.ToString(CultureInfo.InvariantCulture),
            Bash(script, ("MEMORY_LIMIT_MIB", limit.ToString(CultureInfo.InvariantCulture))).Trim());
    }

    // As Kubernetes does (k8s.io/kubernetes/third_party/forked/golang/expansion): $$ is one $, $(NAME) a variable that is known.
    private static string Expand(string text, Dictionary<string, string> variables) =>
        Regex.Replace(text, @"\$\$|\$\(([^)]*)\)", m => m.Value == "$$" ? "$" : variables.GetValueOrDefault(m.Groups[1].Value, m.Value));

    // As java.util.Properties.load does with bytes: Latin-1, escapes, a separator with blanks around it.
    private static List<(string Key, string Value)> Properties(string text)
    {
        var read = new List<(string, string)>();
        foreach (string line in Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var match = Regex.Match(line, @"^[ \t\f]*([^=:\s]+)[ \t\f]*[=:]?[ \t\f]*((?:\\.|[^\\])*)$", RegexOptions.Singleline);
            Assert.True(match.Success, $"a line that goes on in the next one: {line}");
            read.Add((match.Groups[1].Value, Regex.Replace(match.Groups[2].Value, @"\\(u([0-9a-f]{4})|.)", m => m.Groups[2].Success
                ? ((char)int.Parse(m.Groups[2].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()
                : m.Groups[1].Value switch { "n" => "\n", "r" => "\r", "t" => "\t", "f" => "\f", var other => other })));
        }

        return read;
    }

    private static string Part(string script, string from, string to)
    {
        string text = (string)Repository.Catalog.Objects.Single(o => o["data"]?[script] is not null)["data"]![script]!;
        int start = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(start >= 0, from);
        return text[start..text.IndexOf(to, start, StringComparison.Ordinal)] + "\n";
    }

    private static string Bash(string script, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("bash")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var bash = Process.Start(start)!;
        bash.StandardInput.Write("set -u\n" + script);
        bash.StandardInput.Close();
        string output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        Assert.Equal(0, bash.ExitCode);
        return output;
    }
}
