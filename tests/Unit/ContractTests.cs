using System.Reflection;
using Xunit;

namespace KafkaK8s.Tests.Unit;

/// <summary>Outputs go into JSON, CSV and tickets as they are.</summary>
public sealed class ContractTests
{
    public static TheoryData<string> Outputs => [.. Types.Select(t => t.Name)];

    private static IEnumerable<Type> Types =>
        typeof(KafkaCluster).Assembly.GetExportedTypes().Where(t => t is { IsAbstract: false } && t.GetMethod("<Clone>$") is not null);

    [Fact]
    public void There_are_some() => Assert.InRange(Outputs.Count, 12, 200);

    [Theory]
    [MemberData(nameof(Outputs))]
    public void Hold_only_what_ConvertTo_Json_shows_as_one_value(string output)
    {
        // An enumeration becomes a number there, a TimeSpan fifteen fields, and NaN is no JSON at all.
        Type[] plain = [typeof(string), typeof(bool), typeof(int), typeof(long), typeof(double), typeof(DateTimeOffset)];
        // What a message holds is its sender's matter.
        string[] ofTheSender = output == nameof(KafkaMessage) ? ["Key", "Value", "Headers", "KeyBytes", "ValueBytes"] : [];
        foreach (var property in Types.Single(t => t.Name == output).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => !ofTheSender.Contains(p.Name)))
        {
            var type = property.PropertyType;
            if (type.IsGenericType && type.GetGenericTypeDefinition() != typeof(Nullable<>))
                type = type.GetGenericArguments()[^1];
            type = Nullable.GetUnderlyingType(type) ?? type;
            Assert.True(plain.Contains(type) || Types.Contains(type), $"{output}.{property.Name} is a {type}");
        }
    }

    [Theory]
    [InlineData(typeof(TopicVerification))]
    [InlineData(typeof(BrokerVerification))]
    [InlineData(typeof(ZooKeeperNode))]
    public void Say_the_unit_of_a_time_in_its_name(Type output) => Assert.All(
        output.GetProperties().Where(p => (Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType) == typeof(double)),
        p => Assert.Matches("(Ms|Seconds|PerSecond)$", p.Name));

    [Theory]
    [InlineData(typeof(KafkaCluster), "Context", "KubeConfig", "Connection", "Namespace")]
    [InlineData(typeof(TopicVerification), "Context", "KubeConfig", "Connection", "Namespace", "Cluster")]
    [InlineData(typeof(ZooKeeperNode), "Context", "KubeConfig", "Connection", "Namespace", "Cluster")]
    [InlineData(typeof(KafkaListenerCheck), "Context", "KubeConfig", "Connection", "Namespace", "Cluster")]
    [InlineData(typeof(KafkaClusterCheck), "Context", "KubeConfig", "Connection", "Namespace", "Cluster")]
    [InlineData(typeof(KafkaBroker), "Context", "KubeConfig", "Connection", "Namespace", "Cluster")]
    [InlineData(typeof(KafkaTopic), "Context", "KubeConfig", "Connection", "Namespace", "Cluster")]
    [InlineData(typeof(KafkaConsumerGroup), "Context", "KubeConfig", "Connection", "Namespace", "Cluster")]
    [InlineData(typeof(KafkaUser), "Context", "KubeConfig", "Connection", "Namespace", "Cluster")]
    [InlineData(typeof(KafkaAccess), "Context", "KubeConfig", "Connection", "Namespace", "Cluster", "User")]
    [InlineData(typeof(KafkaNodeGroup), "Region", "ProfileName", "Cluster")]
    [InlineData(typeof(EksCheck), "Region", "ProfileName", "Cluster")]
    [InlineData(typeof(EksStorage), "Region", "ProfileName", "Cluster", "Connection", "Context", "KubeConfig")]
    [InlineData(typeof(EksConnection), "Region", "ProfileName", "ClusterName")]
    public void Carry_the_way_on(Type output, params string[] names) => Assert.All(names, name => Assert.NotNull(output.GetProperty(name)));

    [Theory]
    [InlineData(typeof(EksCheck))]
    [InlineData(typeof(EksStorage))]
    [InlineData(typeof(KafkaNodeGroup))]
    public void Of_EKS_have_no_name_that_would_be_taken_for_a_cluster(Type output) => Assert.Null(output.GetProperty("Name"));
}
