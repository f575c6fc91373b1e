using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes.Config;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes.Config;

public sealed class CredentialTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kafkak8s-credential");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_token_file_is_read_again_each_minute_and_when_the_server_refuses()
    {
        string file = Write("token", "one");
        var clock = new HandClock();
        var source = new TokenFile(file, "", null, clock);
        Assert.Equal("one", await TokenAsync(source));
        Write("token", "two\n");
        Assert.Equal("one", await TokenAsync(source));
        clock.Now += TimeSpan.FromSeconds(51);
        Assert.Equal("two", await TokenAsync(source));
        Write("token", "three");
        var refused = await source.GetAsync(default);
        Assert.True(await source.RenewAsync(refused, default));
        Assert.Equal("three", await TokenAsync(source));
        Assert.False(await source.RenewAsync(await source.GetAsync(default), default));
        File.Delete(file);
        clock.Now += TimeSpan.FromMinutes(2);
        Assert.Equal("three", await TokenAsync(source)); // the last one that was read
        Assert.Equal("CredentialsMissing",
            (await Assert.ThrowsAsync<ClusterException>(() => new TokenFile(file, "", null, clock).GetAsync(default))).Id);
        Assert.Equal("fallback", await TokenAsync(new TokenFile(file, "fallback", null, clock)));
    }

    [Fact]
    public void A_pod_has_its_service_account()
    {
        Write("token", "t");
        Write("ca.crt", "x");
        Write("namespace", "shop\n");
        string? Variables(string name) =>
            name switch { "KUBERNETES_SERVICE_HOST" => "fd00::1", "KUBERNETES_SERVICE_PORT" => "443", _ => null };
        var (context, cluster, user) = InCluster.Find(folder.FullName, Variables)!.Value;
        Assert.Equal(("shop", "https://[fd00::1]:443", Path.Combine(folder.FullName, "ca.crt"), Path.Combine(folder.FullName, "token")),
            (context.Namespace, cluster.Server, cluster.CertificateAuthority, user.TokenFile));
        Assert.Null(InCluster.Find(folder.FullName, _ => null));
        Assert.Null(InCluster.Find(Path.Combine(folder.FullName, "no"), Variables));
    }

    private static async Task<string?> TokenAsync(TokenFile source) => (await source.GetAsync(default)).Authorization!.Parameter;

    private string Write(string name, string text)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private sealed class HandClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
