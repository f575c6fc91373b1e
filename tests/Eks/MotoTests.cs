using Amazon.EC2.Model;
using Amazon.EKS.Model;
using Amazon.IdentityManagement.Model;
using Amazon.Runtime;
using KafkaK8s.Eks;
using Xunit;

namespace KafkaK8s.Tests.Eks;

/// <summary>The clients against moto, which keeps what it is told.</summary>
[Collection(DoublesCollection.Name)]
public sealed class MotoTests(Doubles doubles) : IAsyncLifetime, IDisposable
{
    private readonly AwsVariables variables = AwsVariables.WithKeys(("AWS_ENDPOINT_URL", doubles.Moto));
    private readonly HttpClient http = new();
    private AwsSession aws = null!;

    public async Task InitializeAsync()
    {
        await PostAsync("/moto-api/reset", "");
        aws = AwsSession.Open(null, null);
    }

    public async Task DisposeAsync()
    {
        await PostAsync("/moto-api/reset-auth", "inf");
        aws.Dispose();
        variables.Dispose();
    }

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Node_groups_are_made_read_listed_and_removed()
    {
        await MakeClusterAsync("prod");
        var subnets = (await aws.Ec2.DescribeSubnetsAsync(new DescribeSubnetsRequest())).Subnets;
        Assert.True(subnets.Count >= 3);
        foreach (var subnet in subnets.Take(3))
        {
            var made = (await aws.Eks.CreateNodegroupAsync(new CreateNodegroupRequest
            {
                ClusterName = "prod",
                NodegroupName = "kafka-" + subnet.AvailabilityZone,
                Subnets = [subnet.SubnetId],
                NodeRole = "arn:aws:iam::123456789012:role/nodes",
                InstanceTypes = ["r7g.xlarge"],
                AmiType = Amazon.EKS.AMITypes.AL2023_ARM_64_STANDARD,
                CapacityType = Amazon.EKS.CapacityTypes.ON_DEMAND,
                ScalingConfig = new() { MinSize = 1, MaxSize = 1, DesiredSize = 1 },
                Labels = new() { ["dedicated"] = "kafka" },
                Taints = [new() { Key = "dedicated", Value = "kafka", Effect = Amazon.EKS.TaintEffect.NO_SCHEDULE }],
                DiskSize = 50,
                Tags = new() { ["owner"] = "kafkak8s" },
            })).Nodegroup!;
            Assert.Equal(Amazon.EKS.NodegroupStatus.ACTIVE, made.Status);
        }

        var names = (await aws.Eks.ListNodegroupsAsync(new ListNodegroupsRequest { ClusterName = "prod", MaxResults = 2 }));
        Assert.Equal(2, names.Nodegroups!.Count);
        Assert.Single((await aws.Eks.ListNodegroupsAsync(
            new ListNodegroupsRequest { ClusterName = "prod", MaxResults = 2, NextToken = names.NextToken })).Nodegroups!);
        var read = (await aws.Eks.DescribeNodegroupAsync(
            new DescribeNodegroupRequest { ClusterName = "prod", NodegroupName = names.Nodegroups[0] })).Nodegroup!;
        Assert.Equal(("r7g.xlarge", 50, "kafka", Amazon.EKS.TaintEffect.NO_SCHEDULE, 1),
            (read.InstanceTypes![0], read.DiskSize, read.Labels!["dedicated"], read.Taints![0].Effect, read.ScalingConfig!.DesiredSize));
        Assert.InRange(read.CreatedAt!.Value, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow.AddMinutes(5));

        await Assert.ThrowsAsync<ResourceInUseException>(
            () => aws.Eks.CreateNodegroupAsync(new CreateNodegroupRequest
            {
                ClusterName = "prod",
                NodegroupName = names.Nodegroups[0],
                Subnets = [subnets[0].SubnetId],
                NodeRole = "arn:aws:iam::123456789012:role/nodes"
            }));
        await aws.Eks.DeleteNodegroupAsync(new DeleteNodegroupRequest { ClusterName = "prod", NodegroupName = names.Nodegroups[0] });
        await Assert.ThrowsAsync<ResourceNotFoundException>(() =>
            aws.Eks.DescribeNodegroupAsync(new DescribeNodegroupRequest { ClusterName = "prod", NodegroupName = names.Nodegroups[0] }));
    }

    [Fact]
    public async Task A_cluster_is_connected_to()
    {
        await MakeClusterAsync("prod");
        var connection = await ConnectCluster.RunAsync(aws, "prod", default);
        Assert.Equal(("prod", "eu-central-1", null, "ACTIVE"),
            (connection.ClusterName, connection.Region, connection.ProfileName, connection.Status));
        Assert.StartsWith("arn:aws:eks:eu-central-1:", connection.Arn, StringComparison.Ordinal);
        Assert.StartsWith("https://", connection.Endpoint, StringComparison.Ordinal);
        Assert.NotEmpty(connection.CertificateAuthorityData);
    }

    [Fact]
    public async Task Roles_are_read_with_their_policies()
    {
        await IamAsync("CreateRole", ("RoleName", "nodes"),
            ("AssumeRolePolicyDocument",
            """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"""));
        await IamAsync("AttachRolePolicy", ("RoleName", "nodes"), ("PolicyArn", "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"));
        var role = (await aws.Iam.GetRoleAsync(new GetRoleRequest { RoleName = "nodes" })).Role!;
        Assert.Equal("arn:aws:iam::123456789012:role/nodes", role.Arn);
        Assert.Contains("ec2.amazonaws.com", Uri.UnescapeDataString(role.AssumeRolePolicyDocument!), StringComparison.Ordinal);
        Assert.Equal(["arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"], (await aws.Iam.ListAttachedRolePoliciesAsync(
            new ListAttachedRolePoliciesRequest { RoleName = "nodes" })).AttachedPolicies!.Select(p => p.PolicyArn));
        var e = await Assert.ThrowsAsync<NoSuchEntityException>(() => aws.Iam.GetRoleAsync(new GetRoleRequest { RoleName = "absent" }));
        Assert.Equal("EksObjectNotFound", aws.Explain(e, null)!.Id);
    }

    [Fact]
    public async Task Offerings_of_zones_are_read()
    {
        var offers = (await aws.Ec2.DescribeInstanceTypeOfferingsAsync(
            new DescribeInstanceTypeOfferingsRequest
            {
                LocationType = Amazon.EC2.LocationType.AvailabilityZone,
                Filters = [new() { Name = "instance-type", Values = ["r6i.xlarge"] }]
            })).InstanceTypeOfferings;
        Assert.NotEmpty(offers);
        Assert.All(offers, o => Assert.StartsWith("eu-central-1", o.Location, StringComparison.Ordinal));
    }

    // moto knows the users that were made in it, and computes each signature again.
    [Fact]
    public async Task Signatures_and_policies_are_checked_by_moto()
    {
        await IamAsync("CreateUser", ("UserName", "u"));
        string keys = await IamAsync("CreateAccessKey", ("UserName", "u"));
        string Tag(string name) => System.Text.RegularExpressions.Regex.Match(keys, $"<{name}>([^<]+)<").Groups[1].Value;
        await IamAsync("PutUserPolicy", ("UserName", "u"), ("PolicyName", "p"),
            ("PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"eks:ListClusters","Resource":"*"}]}"""));
        await PostAsync("/moto-api/reset-auth", "0");

        using (new AwsVariables(("AWS_ACCESS_KEY_ID", Tag("AccessKeyId")), ("AWS_SECRET_ACCESS_KEY", Tag("SecretAccessKey")),
            ("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL", doubles.Moto)))
        {
            using var good = AwsSession.Open(null, null);
            Assert.NotNull((await good.Eks.ListClustersAsync(new ListClustersRequest())).Clusters);
            var denied = await Assert.ThrowsAnyAsync<AmazonServiceException>(
                () => good.Eks.DescribeClusterAsync(new DescribeClusterRequest { Name = "prod" }));
            Assert.Equal("AwsAccessDenied", good.Explain(denied, "prod")!.Id);
            Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "wrong");
            using var bad = AwsSession.Open(null, null);
            var refused = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => bad.Eks.ListClustersAsync(new ListClustersRequest()));
            Assert.Equal("AwsCredentialsRefused", bad.Explain(refused, null)!.Id);
            var iam =
                await Assert.ThrowsAnyAsync<AmazonServiceException>(() => bad.Iam.GetRoleAsync(new GetRoleRequest { RoleName = "nodes" }));
            Assert.Equal("AwsCredentialsRefused", bad.Explain(iam, null)!.Id);
        }
    }

    private async Task MakeClusterAsync(string name)
    {
        using var content = new StringContent(
            $$"""{"name": "{{name}}", "roleArn": "arn:aws:iam::123456789012:role/eks", "resourcesVpcConfig": {"subnetIds": []} }""",
            System.Text.Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{doubles.Moto}/clusters")) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization",
            $"AWS4-HMAC-SHA256 Credential={Doubles.Key}/20260101/eu-central-1/eks/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<string> IamAsync(string action, params (string Name, string Value)[] parameters)
    {
        using var content = new FormUrlEncodedContent(parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))
            .Append(new("Action", action)).Append(new("Version", "2010-05-08")));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(doubles.Moto)) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization",
            $"AWS4-HMAC-SHA256 Credential={Doubles.Key}/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text;
    }

    private async Task PostAsync(string path, string text)
    {
        using var content = new StringContent(text, System.Text.Encoding.UTF8, "text/plain");
        using var response = await http.PostAsync(new Uri(doubles.Moto + path), content);
        response.EnsureSuccessStatusCode();
    }
}
