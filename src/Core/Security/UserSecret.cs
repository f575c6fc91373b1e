using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;

namespace KafkaK8s.Core.Security;

/// <summary>The Secret with the credential of a user: the one place where it is kept. Pure.</summary>
internal sealed class UserSecret
{
    /// <summary>What a user shows: a password.</summary>
    public const string Password = nameof(Password);

    /// <summary>What a user shows: a certificate.</summary>
    public const string Certificate = nameof(Certificate);

    /// <summary>Key of the password.</summary>
    public const string PasswordEntry = "password";

    private const string UntilAnnotation = "kafkak8s.io/certificate-until";
    private const string RemovedAnnotation = "kafkak8s.io/user-removed";
    private const string PendingAnnotation = "kafkak8s.io/credential-pending";
    private const int PasswordLength = 32;

    // No sign that a file of properties, JSON, YAML or a shell would read as anything else. 32 of them are 190 bits.
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly JsonObject tree;

    /// <param name="tree">The Secret.</param>
    public UserSecret(JsonObject tree) => this.tree = tree;

    /// <summary>Name of the Secret.</summary>
    public string Name => tree.Name();

    /// <summary>Name of the user; null where it is the Secret of none.</summary>
    public string? User => tree.Label(ClusterNames.UserLabel);

    /// <summary>Its uid.</summary>
    public string Uid => tree.Uid();

    /// <summary>Whether the user was removed, and only the end of its certificate is kept.</summary>
    public bool IsRemoved => tree.Annotation(RemovedAnnotation) is not null;

    /// <summary>Whether the brokers were not told of the password in it yet.</summary>
    public bool IsPending => tree.Annotation(PendingAnnotation) is not null;

    /// <summary>When the last of the user's certificates ends; null where there was none.</summary>
    public DateTimeOffset? Until => DateTimeOffset.TryParse(tree.Annotation(UntilAnnotation), CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal, out var until) ? until : null;

    /// <summary>What the user shows: <see cref="Password"/> or <see cref="Certificate"/>; empty where neither is there.</summary>
    public string Authentication => Has(PasswordEntry) ? Password : Has(ClusterCertificates.KeyStore) || IsRemoved ? Certificate : "";

    /// <summary>Whether it belongs to a cluster. Another cluster's may have the same name.</summary>
    public bool IsOf(ClusterNames names, string user) => User == user && Ownership.ClusterOf(tree) == names.Cluster;

    /// <summary>The texts that are asked for.</summary>
    /// <exception cref="ClusterException"><c>UserSecretUnusable</c>.</exception>
    public string Text(string key)
    {
        try
        {
            string text = Encoding.UTF8.GetString(Convert.FromBase64String((string?)tree["data"]?[key] ?? ""));
            return text.Length > 0 ? text : throw Unusable($"it has no {key}", null);
        }
        catch (FormatException e)
        {
            throw Unusable($"{key} is no base64", e);
        }
    }

    /// <summary>A fresh password.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetString(Alphabet, PasswordLength);

    /// <summary>The Secret of a new user with a password that the brokers are to be told.</summary>
    /// <param name="names">Names of the cluster.</param>
    /// <param name="user">The user.</param>
    /// <param name="password">The password.</param>
    /// <param name="trust">The authority of the brokers, as PEM.</param>
    public static JsonObject WithPassword(ClusterNames names, string user, string password, string trust) =>
        New(names, user, PasswordChange(password, trust));

    /// <summary>The Secret of a new user with a certificate.</summary>
    /// <param name="names">Names of the cluster.</param>
    /// <param name="user">The user.</param>
    /// <param name="pair">Certificate and key.</param>
    /// <param name="trust">The authority of the brokers, as PEM.</param>
    public static JsonObject WithCertificate(ClusterNames names, string user, PemPair pair, string trust) =>
        New(names, user, CertificateChange(pair, trust, null));

    /// <summary>The change of a Secret to another password, which the brokers are to be told.</summary>
    public static JsonObject PasswordChange(string password, string trust) => new()
    {
        ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [PendingAnnotation] = "true" } },
        ["data"] = new JsonObject { [PasswordEntry] = Base64(password), [ClusterCertificates.Trust] = Base64(trust) },
    };

    /// <summary>The change of a Secret to another certificate.</summary>
    /// <param name="pair">Certificate and key.</param>
    /// <param name="trust">The authority of the brokers, as PEM.</param>
    /// <param name="before">When the last certificate before ends.</param>
    public static JsonObject CertificateChange(PemPair pair, string trust, DateTimeOffset? before)
    {
        using var certificate = X509Certificate2.CreateFromPem(pair.Certificate);
        DateTimeOffset until = certificate.NotAfter;
        string last = (before > until ? before.Value : until).ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ",
            CultureInfo.InvariantCulture);
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [UntilAnnotation] = last } },
            ["data"] = new JsonObject
            {
                [ClusterCertificates.KeyStore] = Base64(pair.Key + pair.Certificate),
                [ClusterCertificates.Trust] = Base64(trust),
            },
        };
    }

    /// <summary>The change of a Secret when the brokers have been told.</summary>
    public static JsonObject Told() => new()
    {
        ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [PendingAnnotation] = null } },
    };

    /// <summary>The change of a Secret when its user is removed and a certificate is still good.</summary>
    public static JsonObject Removal(DateTimeOffset now) => new()
    {
        ["metadata"] = new JsonObject
        {
            ["annotations"] = new JsonObject
            {
                [RemovedAnnotation] = now.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            },
        },
        ["data"] = new JsonObject { [ClusterCertificates.KeyStore] = null, [ClusterCertificates.Trust] = null },
    };

    private static JsonObject New(ClusterNames names, string user, JsonObject content)
    {
        var labels = names.Labels(ClusterNames.KafkaApp);
        labels[ClusterNames.UserLabel] = user;
        var metadata = content["metadata"]!.AsObject();
        metadata["name"] = names.UserSecret(user);
        metadata["labels"] = labels;
        content["apiVersion"] = "v1";
        content["kind"] = ResourceKind.Secret.Kind;
        content["type"] = "Opaque";
        return content;
    }

    private bool Has(string key) => !string.IsNullOrEmpty((string?)tree["data"]?[key]);

    private ClusterException Unusable(string why, Exception? inner) => new("UserSecretUnusable", FailureKind.InvalidData, Name,
        $"The Secret {Name} is of no use: {why}. Reset-KafkaUserCredential writes it anew.", inner);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
