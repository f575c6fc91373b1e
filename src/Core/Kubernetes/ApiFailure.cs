using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KafkaK8s.Core.Kubernetes;

/// <summary>Turns an API server's refusal into a failure with an id, a kind and advice. Pure.</summary>
internal static partial class ApiFailure
{
    /// <summary>Maps the status and the Status object in the body.</summary>
    /// <param name="code">The status.</param>
    /// <param name="body">The body.</param>
    /// <param name="connection">Where it came from.</param>
    /// <param name="subject">What the request was about, for answers that do not say.</param>
    public static ClusterException From(HttpStatusCode code, string body, KubeConnection connection, string? subject = null) =>
        code == HttpStatusCode.Unauthorized && connection.Origin.Connection is { } eks ? UnknownToEks(eks)
        : From(code, body, connection.Context, connection.Server, subject);

    // A token of AWS that is good and yet refused: the cluster was never told of this identity.
    private static ClusterException UnknownToEks(EksConnection eks) => new("Unauthorized", FailureKind.Authentication, eks.ClusterName,
        $"The EKS cluster '{eks.ClusterName}' does not know the AWS identity of "
        + $"{(eks.ProfileName is null ? "the default chain of credentials" : $"the profile '{eks.ProfileName}'")}. "
        + $"Have an access entry made for it ('aws eks create-access-entry --cluster-name {eks.ClusterName} --principal-arn …', then 'aws "
        + $"eks associate-access-policy'), or connect with other credentials by -ProfileName.");

    /// <summary>The same, without a connection.</summary>
    public static ClusterException From(HttpStatusCode code, string body, string context, Uri server, string? subject = null)
    {
        var status = Parse(body);
        string message = (string?)status?["message"] ?? $"{(int)code} {code}";
        var details = status?["details"] as JsonObject;
        string named = $"{(string?)details?["kind"]}/{(string?)details?["name"]}".Trim('/');
        string what = named.Length > 0 ? named : subject ?? server.ToString();
        return code switch
        {
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError when IsPolicy(code, status) =>
                new("RefusedByPolicy", FailureKind.Permission, what,
                $"A policy of the Kubernetes cluster refuses it: {message}. {PolicyAdvice(message)}"),
            HttpStatusCode.Unauthorized when server.Scheme == "http" => new("Unauthorized", FailureKind.Authentication, context,
                $"The API server {server} asks who you are, but its address in the context {context} is plain http, over which no "
                    + $"credentials are sent. Use its https address, or choose another context with -Context."),
            HttpStatusCode.Unauthorized => new("Unauthorized", FailureKind.Authentication, context,
                $"The API server {server} does not accept the credentials of the context {context}: they are expired or wrong. Log in "
                    + $"again, or choose another context with -Context."),
            HttpStatusCode.Forbidden => new("Forbidden", FailureKind.Permission, what,
                $"The credentials of the context {context} do not allow this: {message}. Ask for that right in the namespace, or use "
                    + $"another context."),
            HttpStatusCode.NotFound when message.StartsWith("namespaces ", StringComparison.Ordinal) =>
                NamespaceNotFound((string?)details?["name"] ?? what, context),
            HttpStatusCode.NotFound => new("ObjectNotFound", FailureKind.NotFound, what, $"The server does not have it: {message}."),
            HttpStatusCode.Conflict when Causes(details).Any(c => (string?)c["reason"] == "FieldManagerConflict") =>
                FieldConflict(what, details!),
            HttpStatusCode.Conflict =>
                new("Conflict", FailureKind.Conflict, what, $"The object changed or exists already: {message}. Run the command again."),
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest =>
                new("RefusedByServer", FailureKind.InvalidData, what, $"The server refused it as invalid: {message}."),
            // Kubernetes 1.20 answers many a malformed apply with 500: trying again would never help.
            HttpStatusCode.InternalServerError when message.StartsWith("failed to create typed patch object", StringComparison.Ordinal)
                || message.StartsWith("failed to convert", StringComparison.Ordinal)
                => new("RefusedByServer", FailureKind.InvalidData, what, $"The server refused it as invalid: {message}."),
            _ => new("ApiServerError", FailureKind.Unavailable, what,
                $"The API server {server} answered {(int)code}: {message}. Run the command again later."),
        };
    }

    /// <summary>
    /// Whether an apply was refused for annotations alone that this module itself wrote by a patch: the server keeps the two apart. That
    /// is no conflict with anybody. Every other field counts: a size that was patched meanwhile must not be taken back.
    /// </summary>
    public static bool IsOwnAnnotation(string body)
    {
        var causes = Causes(Parse(body)?["details"] as JsonObject).ToList();
        return causes.Count > 0 && causes.TrueForAll(c => (string?)c["reason"] == "FieldManagerConflict"
            && ((string?)c["field"] ?? "").StartsWith(".metadata.annotations.kafkak8s.io/", StringComparison.Ordinal)
            && ((string?)c["message"] ?? "").Contains($"\"{KubeConnection.FieldManager}\"", StringComparison.Ordinal));
    }

    /// <summary>The failure of a namespace that is not there.</summary>
    public static ClusterException NamespaceNotFound(string ns, string context) => new("NamespaceNotFound", FailureKind.NotFound, ns,
        $"There is no namespace '{ns}' in the context {context}. Create it ('kubectl create namespace {ns}', or New-KafkaCluster with "
            + $"-CreateNamespace), or name another with -Namespace.");

    /// <summary>The server's own words in a Status object; null where there are none.</summary>
    public static string? Words(string body) => (string?)Parse(body)?["message"];

    private static ClusterException FieldConflict(string what, JsonObject details)
    {
        var causes = Causes(details).Select(c => $"{(string?)c["field"]} ({(string?)c["message"]})");
        return new("FieldConflict", FailureKind.Conflict, what,
            $"Somebody else set fields of {what} that this command sets too: {string.Join(", ", causes)}. Take them over with -Force, or "
                + $"leave those parameters out.");
    }

    private static IEnumerable<JsonObject> Causes(JsonObject? details) => (details?["causes"] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>What to do about a policy's refusal, from the server's own words.</summary>
    public static string PolicyAdvice(string message) => message.Contains("limits.cpu", StringComparison.Ordinal)
        ? "-BrokerCpuLimit and -ZooKeeperCpuLimit give a CPU limit; else have the quota changed."
        : message.Contains("being terminated", StringComparison.Ordinal) ? "Wait until it is gone, or name another with -Namespace."
        : "The credentials are not the reason: ask for what the policy allows, or have it changed.";

    // A policy answers with a status of its own choice, and names itself. Of the others a 403 of the server itself is one too, where it
    // does not say, as its check of rights always does, what the user cannot do.
    private static bool IsPolicy(HttpStatusCode code, JsonObject? status) => (string?)status?["message"] is string message
        && (PolicyWords().IsMatch(message) || code == HttpStatusCode.Forbidden && !CannotWords().IsMatch(message));

    [GeneratedRegex("admission webhook \"[^\"]*\" denied the request|ValidatingAdmissionPolicy '[^']*'")]
    private static partial Regex PolicyWords();

    [GeneratedRegex("User \"[^\"]*\" cannot ")]
    private static partial Regex CannotWords();

    private static JsonObject? Parse(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // a proxy in between answers with HTML
        }
    }
}
