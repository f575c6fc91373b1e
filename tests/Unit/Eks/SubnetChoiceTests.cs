using KafkaK8s.Core;
using KafkaK8s.Eks;
using Xunit;
using static KafkaK8s.Tests.Unit.Eks.EksSamples;

namespace KafkaK8s.Tests.Unit.Eks;

public sealed class SubnetChoiceTests
{
    [Fact]
    public void Private_ones_by_tag_one_a_zone_in_order() => Assert.Equal(["subnet-a", "subnet-b", "subnet-c"], Choose(Subnets()));

    [Fact]
    public void A_given_one_wins_over_tags() =>
        Assert.Equal(["subnet-pa", "subnet-b"], Choose(Subnets(), given: ["subnet-b", "subnet-pa"]));

    [Fact]
    public void Zones_narrow_the_choice() => Assert.Equal(["subnet-c"], Choose(Subnets(), zones: ["eu-central-1c"]));

    [Fact]
    public void Zones_choose_among_given_ones() =>
        Assert.Equal(["subnet-b"], Choose(Subnets(), ["subnet-a", "subnet-b"], ["eu-central-1b"]));

    [Fact]
    public void Without_tags_the_clusters_own_private_ones() =>
        Assert.Equal(["subnet-a", "subnet-b"], Choose([Subnet("subnet-a", "a", tagged: false), Subnet("subnet-b", "b", tagged: false),
            Subnet("subnet-c", "c", tagged: false, isPublic: true), Subnet("subnet-x", "a", tagged: false)]));

    [Fact]
    public void Two_in_a_zone_are_asked_about()
    {
        var e = Refused("SubnetAmbiguous", [.. Subnets(), Subnet("subnet-a2", "a")]);
        Assert.Equal("eu-central-1a", e.Target);
        Assert.Contains("subnet-a (10.0.0.0/20, 4091 addresses free), subnet-a2 (", e.Message, StringComparison.Ordinal);
        Assert.Contains("-Subnet", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_given_in_a_zone_are_asked_about() => Refused("SubnetAmbiguous", Subnets(), given: ["subnet-a", "subnet-pa"]);

    [Fact]
    public void Two_in_a_zone_that_is_left_out_are_none_of_ours() =>
        Assert.Equal(["subnet-b"], Choose([.. Subnets(), Subnet("subnet-a2", "a")], zones: ["eu-central-1b"]));

    [Theory]
    [InlineData("subnet-z")]
    [InlineData("subnet-other")]
    public void One_that_is_not_in_the_network_is_in_no_zone(string id)
    {
        var e = Refused("SubnetNotFound", [.. Subnets(), Subnet("subnet-other", "a", vpc: "vpc-2")], given: ["subnet-a", id]);
        Assert.Equal(id, e.Target);
        Assert.Contains("eu-central-1a: subnet-a (", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_zone_without_one_is_named()
    {
        Assert.Equal("eu-central-1d", Refused("SubnetNotFound", Subnets(), zones: ["eu-central-1a", "eu-central-1d"]).Target);
        Assert.Equal("eu-central-1c", Refused("SubnetNotFound", Subnets(), ["subnet-a"], ["eu-central-1c"]).Target);
    }

    [Fact]
    public void None_private_says_which_tag()
    {
        var e = Refused("NoPrivateSubnet", [Subnet("subnet-pa", "a", isPublic: true), Subnet("subnet-other", "b", vpc: "vpc-2")]);
        Assert.Contains("kubernetes.io/role/internal-elb", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("subnet-other", e.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Choose(IReadOnlyList<SubnetFact> subnets, string[]? given = null, string[]? zones = null) =>
        SubnetChoice.Choose(subnets, Cluster, given ?? [], zones ?? []).Select(s => s.Id);

    private static ClusterException Refused(string id, IReadOnlyList<SubnetFact> subnets, string[]? given = null, string[]? zones = null)
    {
        var e = Assert.Throws<ClusterException>(() => Choose(subnets, given, zones));
        Assert.Equal(id, e.Id);
        return e;
    }
}
