using System.Globalization;
using System.Text;
using KafkaK8s.Tests.Fakes;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Engine;

/// <summary>Kafka's own tools: what the words of a command line become.</summary>
public sealed class ToolTests : IAsyncLifetime
{
    private readonly EngineSession engine = BuiltModule.Open();
    private readonly List<string> ran = [];
    private FakeCluster cluster = null!;
    private string input = "";
    private bool isFed;
    private int code;

    public async Task InitializeAsync()
    {
        cluster = await FakeCluster.StartAsync();
        cluster.Server.Exec = async exec =>
        {
            var command = exec.Command.Skip(2).ToList();
            isFed = command[0] == "bash";
            if (isFed)
            {
                byte[] bytes = new byte[int.Parse(command[4], CultureInfo.InvariantCulture)];
                await exec.Input.ReadExactlyAsync(bytes, exec.Gone);
                input = Encoding.UTF8.GetString(bytes);
                command = command[5..];
            }

            ran.Add(string.Join('|', command).Replace("/opt/kafka/bin/", "", StringComparison.Ordinal));
            await exec.OutAsync("done\n");
            return code;
        };
    }

    public async Task DisposeAsync()
    {
        engine.Dispose();
        await cluster.Server.DisposeAsync();
    }

    [Theory]
    [InlineData("Invoke-KafkaTool demo kafka-configs.sh --describe --bootstrap-server x:1 @at",
        "kafka-configs.sh|--describe|--bootstrap-server|x:1")]
    [InlineData("Invoke-KafkaTool demo kafka-configs --zookeeper z --add-config a=b,c=d,e=[f=1,g=2] @at",
        "kafka-configs.sh|--zookeeper|z|--add-config|a=b,c=d,e=[f=1,g=2]")]
    [InlineData("Invoke-KafkaTool demo kafka-dump-log.sh 007 1kb 1.50 '' 'x y; $(id)' $null @at",
        "kafka-dump-log.sh|007|1kb|1.50||x y; $(id)|")]
    [InlineData("$words = '--a', 'b'; Invoke-KafkaTool demo kafka-dump-log.sh @words @at", "kafka-dump-log.sh|--a|b")]
    [InlineData("Invoke-KafkaTool demo kafka-dump-log.sh @at -ArgumentList '-a', 'b'", "kafka-dump-log.sh|-a|b")]
    [InlineData("Invoke-KafkaTool -Cluster demo -Tool kafka-dump-log.sh '-x' --y @at", "kafka-dump-log.sh|-x|--y")]
    [InlineData("Invoke-KafkaTool demo kafka-dump-log.sh @at", "kafka-dump-log.sh")]
    [InlineData("Get-KafkaCluster demo @at | Invoke-KafkaTool -Tool kafka-dump-log.sh -ArgumentList --x", "kafka-dump-log.sh|--x")]
    public void Words_go_to_the_tool_as_they_are(string command, string words)
    {
        Assert.Equal(["done"], Run(command).EnsureSuccess().As<string>());
        Assert.Equal([words], ran);
        Assert.False(isFed); // no shell where nothing has to be fed
    }

    [Fact]
    public void The_brokers_addresses_are_added()
    {
        Run("Invoke-KafkaTool demo kafka-topics.sh --list @at").EnsureSuccess();
        Assert.Equal(
            "kafka-topics.sh|--bootstrap-server|demo-kafka-0.demo-kafka-headless.shop.svc:9092,demo-kafka-1.demo-kafka-headless.shop.svc:9092,demo-kafka-2.demo-kafka-headless.shop.svc:9092|--list", Assert.Single(ran));
    }

    [Theory]
    [InlineData("'a', 'ü' | Invoke-KafkaTool demo kafka-dump-log.sh @at", "a\nü\n")]
    [InlineData("1..3 | Invoke-KafkaTool demo kafka-dump-log.sh @at", "1\n2\n3\n")]
    public void Texts_go_to_its_input(string command, string text)
    {
        Run(command).EnsureSuccess();
        Assert.Equal((text, 1), (input, ran.Count));
    }

    [Fact]
    public void A_plan_shows_the_command_without_passwords_and_makes_no_pod()
    {
        Assert.Empty(Run("Invoke-KafkaTool demo kafka-configs.sh --zookeeper z --add-config 'SCRAM-SHA-512=[password=s3cret]' -WhatIf @at")
            .EnsureSuccess().Output);
        Assert.Contains("Run kafka-configs.sh --zookeeper z --add-config SCRAM-SHA-512=[password=***]", engine.Host.Recording.Text(),
            StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", engine.Host.Recording.Text(), StringComparison.Ordinal);
        Assert.Empty(cluster.Server.Writes);
    }

    [Theory]
    [InlineData("kafka-topics.sh --list", 1, "KafkaToolFailed")]
    [InlineData("bin/kafka-topics.sh", 0, "InvalidToolName")]
    public void What_fails_is_an_error(string tool, int exit, string id)
    {
        code = exit;
        var error = Assert.Single(Run($"Invoke-KafkaTool demo {tool} @at").Errors);
        Assert.Equal($"KafkaK8s.{id}", error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(exit == 0 ? null : exit, error.Exception.Data["ExitCode"]);
    }

    private EngineResult Run(string command) =>
        engine.Run($"param($k) $at = @{{ KubeConfig = $k; Namespace = 'shop' }}; {command}", new { k = cluster.Server.KubeConfig });
}
