using KafkaK8s.Core;
using KafkaK8s.Core.Security;
using Xunit;

namespace KafkaK8s.Tests.Unit.Security;

public sealed class UserNameTests
{
    [Theory]
    [InlineData("app1")]
    [InlineData("0")]
    [InlineData("team-a.app-1")]
    [InlineData("kafka-app")]
    [InlineData("a23456789-123456789-123456789-123456789-123456789-123456789-123")]
    public void A_name_is_what_a_Secret_and_a_certificate_can_have(string name) => UserName.Check(name);

    [Theory]
    [InlineData("", "InvalidUserName")]
    [InlineData("App", "InvalidUserName")]
    [InlineData("a_b", "InvalidUserName")]
    [InlineData("-a", "InvalidUserName")]
    [InlineData("a-", "InvalidUserName")]
    [InlineData(".a", "InvalidUserName")]
    [InlineData("a..b", "InvalidUserName")] // no name of a Secret
    [InlineData("a.-b", "InvalidUserName")]
    [InlineData("a\n", "InvalidUserName")]
    [InlineData("a,O=kafkak8s", "InvalidUserName")]
    [InlineData("../x", "InvalidUserName")]
    [InlineData("a*", "InvalidUserName")]
    [InlineData("a23456789-123456789-123456789-123456789-123456789-123456789-1234", "InvalidUserName")]
    [InlineData("kafka", "ReservedUserName")]
    [InlineData("admin", "ReservedUserName")]
    [InlineData("zookeeper", "ReservedUserName")]
    public void What_is_none_is_refused(string name, string id)
    {
        var e = Assert.Throws<ClusterException>(() => UserName.Check(name));
        Assert.Equal((id, FailureKind.InvalidInput, name), (e.Id, e.Kind, e.Target));
    }
}
