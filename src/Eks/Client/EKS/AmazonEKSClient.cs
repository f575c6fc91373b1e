using Amazon.EKS.Model;
using Amazon.Runtime;
using KafkaK8s.Eks.Client.Runtime;

namespace Amazon.EKS;

/// <summary>The client of EKS.</summary>
internal sealed class AmazonEKSClient(AWSCredentials credentials, AmazonEKSConfig clientConfig)
    : SmallClient(credentials, clientConfig, AmazonEKSConfig.Endpoint), IAmazonEKS
{
    private const string Clusters = "/clusters";
    private const string Cluster = Clusters + "/{name}";
    private const string Groups = Cluster + "/node-groups";
    private const string Group = Groups + "/{nodegroupName}";
    private const string Addons = Cluster + "/addons";
    private const string Addon = Addons + "/{addonName}";
    private const string Associations = Cluster + "/pod-identity-associations";

    public Task<ListClustersResponse> ListClustersAsync(ListClustersRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListClustersRequest, ListClustersResponse>("GET", Clusters, request, cancellationToken);

    public Task<DescribeClusterResponse> DescribeClusterAsync(DescribeClusterRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync<DescribeClusterRequest, DescribeClusterResponse>("GET", Cluster, request, cancellationToken);

    public Task<DescribeClusterVersionsResponse> DescribeClusterVersionsAsync(DescribeClusterVersionsRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync<DescribeClusterVersionsRequest, DescribeClusterVersionsResponse>("GET", "/cluster-versions", request, cancellationToken);

    public Task<ListNodegroupsResponse> ListNodegroupsAsync(ListNodegroupsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListNodegroupsRequest, ListNodegroupsResponse>("GET", Groups, request, cancellationToken);

    public Task<DescribeNodegroupResponse> DescribeNodegroupAsync(DescribeNodegroupRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync<DescribeNodegroupRequest, DescribeNodegroupResponse>("GET", Group, request, cancellationToken);

    public Task<CreateNodegroupResponse> CreateNodegroupAsync(CreateNodegroupRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync<CreateNodegroupRequest, CreateNodegroupResponse>("POST", Groups, request, cancellationToken);

    public Task<UpdateNodegroupConfigResponse> UpdateNodegroupConfigAsync(UpdateNodegroupConfigRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync<UpdateNodegroupConfigRequest, UpdateNodegroupConfigResponse>("POST", Group + "/update-config", request,
            cancellationToken);

    public Task<DeleteNodegroupResponse> DeleteNodegroupAsync(DeleteNodegroupRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync<DeleteNodegroupRequest, DeleteNodegroupResponse>("DELETE", Group, request, cancellationToken);

    public Task<DescribeUpdateResponse> DescribeUpdateAsync(DescribeUpdateRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DescribeUpdateRequest, DescribeUpdateResponse>("GET", Cluster + "/updates/{updateId}", request, cancellationToken);

    public Task<ListAddonsResponse> ListAddonsAsync(ListAddonsRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<ListAddonsRequest, ListAddonsResponse>("GET", Addons, request, cancellationToken);

    public Task<DescribeAddonResponse> DescribeAddonAsync(DescribeAddonRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DescribeAddonRequest, DescribeAddonResponse>("GET", Addon, request, cancellationToken);

    public Task<CreateAddonResponse> CreateAddonAsync(CreateAddonRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<CreateAddonRequest, CreateAddonResponse>("POST", Addons, request, cancellationToken);

    public Task<UpdateAddonResponse> UpdateAddonAsync(UpdateAddonRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<UpdateAddonRequest, UpdateAddonResponse>("POST", Addon + "/update", request, cancellationToken);

    public Task<DeleteAddonResponse> DeleteAddonAsync(DeleteAddonRequest request, CancellationToken cancellationToken = default) =>
        CallAsync<DeleteAddonRequest, DeleteAddonResponse>("DELETE", Addon, request, cancellationToken);

    public Task<DescribeAddonVersionsResponse> DescribeAddonVersionsAsync(DescribeAddonVersionsRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync<DescribeAddonVersionsRequest, DescribeAddonVersionsResponse>("GET", "/addons/supported-versions", request,
            cancellationToken);

    public Task<ListPodIdentityAssociationsResponse> ListPodIdentityAssociationsAsync(ListPodIdentityAssociationsRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync<ListPodIdentityAssociationsRequest, ListPodIdentityAssociationsResponse>("GET", Associations, request, cancellationToken);

    public Task<CreatePodIdentityAssociationResponse> CreatePodIdentityAssociationAsync(CreatePodIdentityAssociationRequest request,
        CancellationToken cancellationToken = default) =>
        CallAsync<CreatePodIdentityAssociationRequest, CreatePodIdentityAssociationResponse>("POST", Associations, request,
            cancellationToken);

    private Task<TResponse> CallAsync<TRequest, TResponse>(string method, string path, TRequest request, CancellationToken cancel)
        where TRequest : AmazonEKSRequest
        where TResponse : AmazonWebServiceResponse, new() =>
        CallAsync<TResponse>(request, new RestJsonMarshaller<TRequest>("Amazon.EKS", "2017-11-01", method, path),
            new JsonUnmarshaller<TResponse>(JsonShapes.CamelCase, AmazonEKSException.From), cancel);
}
