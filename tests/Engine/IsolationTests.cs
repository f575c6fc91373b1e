using System.Reflection;
using System.Runtime.Loader;

namespace KafkaK8s.Tests.Engine;

public sealed class IsolationTests(ModuleSession module) : IClassFixture<ModuleSession>
{
    private AssemblyLoadContext Context
    {
        get
        {
            module.Engine.Run("Export-KafkaManifest -KubernetesVersion 1.30").EnsureSuccess(); // reads YAML
            return Assert.Single(AssemblyLoadContext.All, c => c.Name == "KafkaK8s");
        }
    }

    [Theory]
    [InlineData("KafkaK8s.Cmdlets")]
    [InlineData("KafkaK8s.Core")]
    [InlineData("KafkaK8s.Eks")]
    [InlineData("YamlDotNet")]
    [InlineData("KubernetesClient")]
    [InlineData("Fractions")]
    [InlineData("Confluent.Kafka")]
    [InlineData("AWSSDK.Core")]
    [InlineData("AWSSDK.EC2")]
    [InlineData("AWSSDK.SecurityToken")]
    [InlineData("AWSSDK.SSO")]
    [InlineData("AWSSDK.SSOOIDC")]
    public void Dependencies_live_in_the_context_of_the_module(string name)
    {
        var assembly = Context.LoadFromAssemblyName(new AssemblyName(name));
        Assert.Same(Context, AssemblyLoadContext.GetLoadContext(assembly));
        Assert.Equal(Path.Combine(BuiltModule.Folder, "bin", name + ".dll"), assembly.Location);
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, a => a.GetName().Name == name);
    }

    [Fact]
    public void Engine_and_contracts_live_in_the_default_context()
    {
        foreach (string name in new[] { "System.Management.Automation", "KafkaK8s" })
        {
            Assert.Single(AssemblyLoadContext.All.SelectMany(c => c.Assemblies), a => a.GetName().Name == name);
            Assert.Contains(AssemblyLoadContext.Default.Assemblies, a => a.GetName().Name == name);
        }

        Assert.Equal(Path.Combine(BuiltModule.Folder, "bin", "KafkaK8s.dll"),
            AssemblyLoadContext.Default.Assemblies.Single(a => a.GetName().Name == "KafkaK8s").Location);
        Assert.Same(typeof(System.Management.Automation.PSCmdlet), Context.LoadFromAssemblyName(new AssemblyName("KafkaK8s.Cmdlets"))
            .GetType("KafkaK8s.Cmdlets.OperationCmdlet", throwOnError: true)!.BaseType);
    }

    [Theory]
    [InlineData("KafkaK8s.Core.ClusterException", false)]
    [InlineData("KafkaK8s.Core.Model.Quantity", false)]
    [InlineData("k8s.Kubernetes", false)]
    [InlineData("Confluent.Kafka.Library", false)]
    [InlineData("YamlDotNet.Core.Parser", false)]
    [InlineData("Fractions.Fraction", false)]
    [InlineData("Amazon.EKS.AmazonEKSClient", false)]
    [InlineData("Amazon.Runtime.AmazonServiceClient", false)]
    [InlineData("KafkaK8s.ClusterSpec", true)]
    [InlineData("KafkaK8s.KafkaCluster", true)]
    [InlineData("KafkaK8s.PlanStep", true)]
    [InlineData("KafkaK8s.TopicVerification", true)]
    [InlineData("KafkaK8s.Cmdlets.Words", true)]
    public void Scripts_can_name_the_contracts_and_nothing_below(string type, bool visible)
    {
        _ = Context;
        var result = module.Engine.Run($"[{type}]");
        Assert.Equal(visible ? [] : new[] { "TypeNotFound" }, result.Errors.Select(e => e.FullyQualifiedErrorId));
    }

    // Only types of the engine, of .NET and of the contracts in what scripts get and give.
    [Fact]
    public void Parameters_and_outputs_show_no_inner_type()
    {
        var cmdlets = Context.LoadFromAssemblyName(new AssemblyName("KafkaK8s.Cmdlets")).GetExportedTypes()
            .Where(t => typeof(System.Management.Automation.PSCmdlet).IsAssignableFrom(t) && !t.IsAbstract).ToList();
        var types = cmdlets.SelectMany(t =>
            t.GetProperties().Where(p => p.IsDefined(typeof(System.Management.Automation.ParameterAttribute))).Select(p => p.PropertyType))
            .Concat(cmdlets.SelectMany(t =>
                t.GetCustomAttributes<System.Management.Automation.OutputTypeAttribute>().SelectMany(a => a.Type.Select(n => n.Type))));
        Assert.Equal(BuiltModule.Cmdlets.Count, cmdlets.Count);
        Assert.All(types, t => Assert.Same(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(t.Assembly)));
    }

    [Fact]
    public void Librdkafka_is_the_one_of_the_folder()
    {
        var library =
            Context.LoadFromAssemblyName(new AssemblyName("Confluent.Kafka")).GetType("Confluent.Kafka.Library", throwOnError: true)!;
        Assert.Equal("2.16.0", library.GetProperty("VersionString")!.GetValue(null));
        if (!OperatingSystem.IsLinux())
            return; // only Linux tells which file it is
        string[] loaded = [.. File.ReadLines("/proc/self/maps").Where(l => l.Contains("librdkafka", StringComparison.Ordinal))
            .Select(l => l[l.IndexOf('/', StringComparison.Ordinal)..]).Distinct()];
        Assert.StartsWith(Path.Combine(BuiltModule.Folder, "bin", "runtimes", "linux-"), Assert.Single(loaded), StringComparison.Ordinal);
    }
}
