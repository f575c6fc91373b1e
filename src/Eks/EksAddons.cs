using System.Text.Json.Nodes;
using Amazon.EKS;
using Amazon.EKS.Model;
using KafkaK8s.Core;

namespace KafkaK8s.Eks;

/// <summary>The add-ons that volumes need: EBS's driver, and the agent that gives it its role.</summary>
internal static class EksAddons
{
    /// <summary>The driver.</summary>
    public const string Driver = "aws-ebs-csi-driver";

    /// <summary>The agent of pod identity.</summary>
    public const string Agent = "eks-pod-identity-agent";

    /// <summary>Service account of the driver's controller, in kube-system.</summary>
    public const string ServiceAccount = "ebs-csi-controller-sa";

    /// <summary>AWS's policy with what the driver must be allowed.</summary>
    public const string Policy = "AmazonEBSCSIDriverPolicy";

    /// <summary>Reads an add-on; null where there is none.</summary>
    public static async Task<Addon?> TryGetAsync(AwsSession aws, string cluster, string name, CancellationToken cancel)
    {
        try
        {
            return (await aws.Eks.DescribeAddonAsync(new DescribeAddonRequest { ClusterName = cluster, AddonName = name }, cancel)
                .ConfigureAwait(false)).Addon;
        }
        catch (ResourceNotFoundException e) when (!e.Message.Contains("cluster found", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
    }

    /// <summary>What is done to each add-on. Pure.</summary>
    /// <exception cref="ClusterException"><c>StorageRoleMissing</c>: the driver has no role and none was given; <c>AddonDiffers</c>: it
    /// has one of another kind.</exception>
    public static IReadOnlyList<AddonStep> Plan(StorageRequest request, Addon? driver, Addon? agent)
    {
        bool renew = CannotStay(driver);
        bool podIdentity = !renew && driver?.PodIdentityAssociations?.Count > 0; // those of one that goes, go with it
        string? irsa = renew || string.IsNullOrEmpty(driver?.ServiceAccountRoleArn) ? null : driver.ServiceAccountRoleArn;
        string? asked = request.PodIdentityRole ?? request.IrsaRole;
        if (asked is null && !podIdentity && irsa is null)
        {
            throw new ClusterException("StorageRoleMissing", FailureKind.InvalidInput, request.Cluster,
                $"The driver of EBS volumes needs a role with "
                    + $"{Policy}{(driver is null ? "" : renew
                        ? $", and the one that is there is {driver.Status?.Value} and has to be made anew"
                        : ", and the one that is there has none")}. "
                    + $"Name it with -PodIdentityRole (its trust policy names pods.eks.amazonaws.com), or with -IrsaRole (it trusts the "
                    + $"cluster's OIDC provider).");
        }

        if ((request.PodIdentityRole is not null && irsa is not null) || (request.IrsaRole is not null && podIdentity)
            || (request.IrsaRole is not null && irsa is not null && irsa != request.IrsaRole))
        {
            throw new ClusterException("AddonDiffers", FailureKind.Conflict, Driver,
                $"The add-on {Driver} has its role by {(podIdentity ? "pod identity" : $"IRSA ({irsa})")} already. Leave the role out to "
                    + $"keep it; changing it under volumes in use is for 'aws eks update-addon'.");
        }

        var steps = new List<AddonStep>();
        if (podIdentity || request.PodIdentityRole is not null)
            steps.Add(new AddonStep(Agent, Action(agent, ChangeAction.None), CannotStay(agent)));
        steps.Add(new AddonStep(Driver, Action(driver, podIdentity || irsa is not null ? ChangeAction.None : ChangeAction.Update), renew));
        return steps;

        static string Action(Addon? addon, string healthy) => addon is null || CannotStay(addon) ? ChangeAction.Create
            : addon.Status?.Value == "UPDATE_FAILED" ? ChangeAction.Update : healthy;
    }

    // EKS does not try again by itself, and no update gets an add-on out of these.
    private static bool CannotStay(Addon? addon) => addon?.Status?.Value is "CREATE_FAILED" or "DELETE_FAILED" or "DELETING";

    /// <summary>The request that makes an add-on.</summary>
    public static CreateAddonRequest Create(StorageRequest request, string name) => new()
    {
        ClusterName = request.Cluster,
        AddonName = name,
        ResolveConflicts = ResolveConflicts.NONE,
        ServiceAccountRoleArn = name == Driver ? request.IrsaRole : null,
        PodIdentityAssociations = Associations(request, name),
    };

    /// <summary>The request that gives the driver its role.</summary>
    public static UpdateAddonRequest Update(StorageRequest request, string name) => new()
    {
        ClusterName = request.Cluster,
        AddonName = name,
        ResolveConflicts = ResolveConflicts.PRESERVE,
        ServiceAccountRoleArn = request.IrsaRole,
        PodIdentityAssociations = Associations(request, name),
    };

    /// <summary>The request of a step as JSON.</summary>
    public static string Text(StorageRequest request, AddonStep step)
    {
        var tree = new JsonObject { ["clusterName"] = request.Cluster, ["addonName"] = step.Name };
        if (step.Name == Driver && request.IrsaRole is string irsa)
            tree["serviceAccountRoleArn"] = irsa;
        if (Associations(request, step.Name) is { } associations)
            tree["podIdentityAssociations"] = new JsonArray(
                [.. associations.Select(a => new JsonObject { ["serviceAccount"] = a.ServiceAccount, ["roleArn"] = a.RoleArn })]);
        return tree.ToJsonString(JsonText.Readable);
    }

    /// <summary>How the driver gets its role, in words; as it stands, or as it will be.</summary>
    public static string Identity(StorageRequest request, Addon? driver) => driver switch
    {
        { PodIdentityAssociations.Count: > 0 } => request.PodIdentityRole is string role ? $"pod identity {role}" : "pod identity",
        { ServiceAccountRoleArn: { Length: > 0 } arn } => $"IRSA {arn}",
        _ => request.PodIdentityRole is string role ? $"pod identity {role}" : $"IRSA {request.IrsaRole}",
    };

    /// <summary>Health issues of an add-on; empty when there are none.</summary>
    public static string Issues(Addon? addon) =>
        string.Join("; ", (addon?.Health?.Issues ?? []).Select(i => $"{i.Code?.Value}: {i.Message}"));

    private static List<AddonPodIdentityAssociations>? Associations(StorageRequest request, string name) =>
        name == Driver && request.PodIdentityRole is string role
        ? [new AddonPodIdentityAssociations { ServiceAccount = ServiceAccount, RoleArn = role }] : null;
}
