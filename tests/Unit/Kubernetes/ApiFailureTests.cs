using System.Net;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Kubernetes;

/// <summary>Bodies as API servers 1.20 and 1.36 send them.</summary>
public sealed class ApiFailureTests
{
    private const string Details = """ "details":{"name":"kafka","group":"apps","kind":"statefulsets"} """;

    [Theory]
    [InlineData(401, """{"message":"Unauthorized","reason":"Unauthorized"}""", "Unauthorized", "Authentication", "-Context")]
    [InlineData(403,
        """{"message":"pods is forbidden: User \"u\" cannot list resource \"pods\" in API group \"\" in the namespace \"shop\"","details":{"kind":"pods"}}""", "Forbidden", "Permission", "cannot list resource")]
    [InlineData(403,
        """{"message":"persistentvolumeclaims \"x\" is forbidden: exceeded quota: q, requested: requests.storage=20Gi, used: 0, limited: 1Gi","details":{"name":"x","kind":"persistentvolumeclaims"}}""", "RefusedByPolicy", "Permission", "exceeded quota: q")]
    [InlineData(403, """{"message":"pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\": runAsNonRoot != true"}""",
        "RefusedByPolicy", "Permission", "runAsNonRoot")]
    [InlineData(403, """{"message":"admission webhook \"policy.example\" denied the request: no"}""", "RefusedByPolicy", "Permission",
        "denied the request")]
    [InlineData(403,
        """{"message":"services \"x\" is forbidden: unable to create new content in namespace shop because it is being terminated"}""",
        "RefusedByPolicy", "Permission", "being terminated")]
    [InlineData(403, """{"message":"pods \"x\" is forbidden: failed quota: q: must specify limits.cpu for: kafka"}""", "RefusedByPolicy",
        "Permission", "-BrokerCpuLimit")]
    // LimitRange
    [InlineData(403, """{"message":"pods \"x\" is forbidden: maximum memory usage per Container is 512Mi, but limit is 1Gi"}""",
        "RefusedByPolicy", "Permission", "maximum memory usage")]
    [InlineData(403,
        """{"message":"statefulsets.apps \"x\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no latest"}""",
        "RefusedByPolicy", "Permission", "no latest")]
    [InlineData(422,
        """{"message":"statefulsets.apps \"x\" is invalid: : ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no latest"}""",
        "RefusedByPolicy", "Permission", "no latest")]
    // with a status of its own
    [InlineData(400, """{"message":"admission webhook \"policy.example\" denied the request: no"}""", "RefusedByPolicy", "Permission",
        "denied the request")]
    [InlineData(403, """{"message":"Forbidden by the provider's firewall"}""", "RefusedByPolicy", "Permission", "firewall")]
    [InlineData(403, """{"message":"forbidden: User \"system:anonymous\" cannot get path \"/\""}""", "Forbidden", "Permission",
        "cannot get path")]
    [InlineData(404, """{"message":"namespaces \"shop\" not found","reason":"NotFound","details":{"name":"shop","kind":"namespaces"}}""",
        "NamespaceNotFound", "NotFound", "kubectl create namespace shop")]
    [InlineData(404, "{\"message\":\"statefulsets.apps \\\"kafka\\\" not found\"," + Details + "}", "ObjectNotFound", "NotFound",
        "statefulsets.apps")]
    [InlineData(404, "404 page not found\n", "ObjectNotFound", "NotFound", "404 NotFound")]
    [InlineData(409, "{\"message\":\"Operation cannot be fulfilled on statefulsets.apps \\\"kafka\\\": the object has been modified\","
        + Details + "}", "Conflict", "Conflict", "has been modified")]
    [InlineData(409, "{\"message\":\"secrets \\\"x\\\" already exists\",\"details\":{\"causes\":[{\"reason\":\"Other\"}]}}", "Conflict",
        "Conflict", "already exists")]
    [InlineData(422, "{\"message\":\"StatefulSet.apps \\\"kafka\\\" is invalid: spec: Forbidden: updates to statefulset spec\"," + Details
        + "}", "RefusedByServer", "InvalidData", "is invalid")]
    [InlineData(400, """{"message":"the API version in the data (v1) does not match"}""", "RefusedByServer", "InvalidData",
        "does not match")]
    [InlineData(500, """{"message":"failed to create typed patch object: .spec.replica: field not declared in schema"}""",
        "RefusedByServer", "InvalidData", "field not declared")]
    [InlineData(500, """{"message":"failed to convert new object: x"}""", "RefusedByServer", "InvalidData", "failed to convert")]
    [InlineData(500, """{"message":"etcdserver: request timed out; failed to create typed patch object"}""", "ApiServerError",
        "Unavailable", "etcdserver")]
    [InlineData(503, """{"message":"the server is currently unable to handle the request"}""", "ApiServerError", "Unavailable",
        "answered 503")]
    [InlineData(429, """{"message":"too many requests"}""", "ApiServerError", "Unavailable", "later")]
    [InlineData(410, """{"message":"too old resource version: 1 (2)"}""", "ApiServerError", "Unavailable", "too old")]
    [InlineData(502, "<html><body>Bad Gateway</body></html>", "ApiServerError", "Unavailable", "502 BadGateway")]
    [InlineData(503, "", "ApiServerError", "Unavailable", "answered 503")]
    [InlineData(504, "[1]", "ApiServerError", "Unavailable", "504")]
    [InlineData(403, "<html>proxy says no</html>", "Forbidden", "Permission", "403 Forbidden")]
    public void Maps(int status, string body, string id, string kind, string words)
    {
        var e = From(status, body);
        Assert.Equal((id, kind), (e.Id, e.Kind.ToString()));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_conflict_names_each_field_and_its_owner()
    {
        var e = From(409, """
            {"message":"Apply failed with 2 conflicts","reason":"Conflict","details":{"name":"kafka","kind":"statefulsets","causes":[
            {"reason":"FieldManagerConflict","message":"conflict with \"kubectl-scale\" using apps/v1","field":".spec.replicas"},
            {"reason":"FieldManagerConflict","message":"conflict with \"argo\"","field":".spec.template"}]}}
            """);
        Assert.Equal(("FieldConflict", FailureKind.Conflict, "statefulsets/kafka"), (e.Id, e.Kind, e.Target));
        foreach (string words in new[] { ".spec.replicas (conflict with \"kubectl-scale\" using apps/v1)",
            ".spec.template (conflict with \"argo\")", "-Force" })
            Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_target_is_the_object_where_the_server_names_it_else_the_server()
    {
        Assert.Equal("statefulsets/kafka", From(422, "{\"message\":\"x\"," + Details + "}").Target);
        Assert.Equal("pods", From(403, """{"message":"x","details":{"kind":"pods"}}""").Target);
        Assert.Equal("https://api.example/", From(503, "").Target);
    }

    private static ClusterException From(int status, string body) =>
        ApiFailure.From((HttpStatusCode)status, body, "prod", new Uri("https://api.example"));
}
