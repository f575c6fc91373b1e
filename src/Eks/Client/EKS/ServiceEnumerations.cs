using Amazon.Runtime;

namespace Amazon.EKS;

// A value that is not listed is taken as it comes; where none is, the code only prints it.

/// <summary>What is wrong with an add-on.</summary>
internal sealed class AddonIssueCode(string value) : ConstantClass(value)
{
    public static implicit operator AddonIssueCode(string value) => FindValue(value);

    public static AddonIssueCode FindValue(string value) => FindValue<AddonIssueCode>(value);
}

/// <summary>State of an add-on.</summary>
internal sealed class AddonStatus(string value) : ConstantClass(value)
{
    public static readonly AddonStatus ACTIVE = new("ACTIVE");
    public static readonly AddonStatus CREATE_FAILED = new("CREATE_FAILED");
    public static readonly AddonStatus CREATING = new("CREATING");
    public static readonly AddonStatus DEGRADED = new("DEGRADED");
    public static readonly AddonStatus DELETE_FAILED = new("DELETE_FAILED");
    public static readonly AddonStatus DELETING = new("DELETING");
    public static readonly AddonStatus UPDATE_FAILED = new("UPDATE_FAILED");
    public static readonly AddonStatus UPDATING = new("UPDATING");

    public static implicit operator AddonStatus(string value) => FindValue(value);

    public static AddonStatus FindValue(string value) => FindValue<AddonStatus>(value);
}

/// <summary>AMI family and processor of a node group.</summary>
internal sealed class AMITypes(string value) : ConstantClass(value)
{
    public static readonly AMITypes AL2023_ARM_64_STANDARD = new("AL2023_ARM_64_STANDARD");
    public static readonly AMITypes AL2023_x86_64_STANDARD = new("AL2023_x86_64_STANDARD");
    public static readonly AMITypes BOTTLEROCKET_ARM_64 = new("BOTTLEROCKET_ARM_64");
    public static readonly AMITypes BOTTLEROCKET_x86_64 = new("BOTTLEROCKET_x86_64");
    public static readonly AMITypes CUSTOM = new("CUSTOM");

    public static implicit operator AMITypes(string value) => FindValue(value);

    public static AMITypes FindValue(string value) => FindValue<AMITypes>(value);
}

/// <summary>How a cluster knows who may use its API server.</summary>
internal sealed class AuthenticationMode(string value) : ConstantClass(value)
{
    public static readonly AuthenticationMode API = new("API");
    public static readonly AuthenticationMode API_AND_CONFIG_MAP = new("API_AND_CONFIG_MAP");
    public static readonly AuthenticationMode CONFIG_MAP = new("CONFIG_MAP");

    public static implicit operator AuthenticationMode(string value) => FindValue(value);

    public static AuthenticationMode FindValue(string value) => FindValue<AuthenticationMode>(value);
}

/// <summary>How EC2 sells the nodes.</summary>
internal sealed class CapacityTypes(string value) : ConstantClass(value)
{
    public static readonly CapacityTypes CAPACITY_BLOCK = new("CAPACITY_BLOCK");
    public static readonly CapacityTypes ON_DEMAND = new("ON_DEMAND");
    public static readonly CapacityTypes SPOT = new("SPOT");

    public static implicit operator CapacityTypes(string value) => FindValue(value);

    public static CapacityTypes FindValue(string value) => FindValue<CapacityTypes>(value);
}

/// <summary>What is wrong with a cluster.</summary>
internal sealed class ClusterIssueCode(string value) : ConstantClass(value)
{
    public static implicit operator ClusterIssueCode(string value) => FindValue(value);

    public static ClusterIssueCode FindValue(string value) => FindValue<ClusterIssueCode>(value);
}

/// <summary>State of a cluster.</summary>
internal sealed class ClusterStatus(string value) : ConstantClass(value)
{
    public static readonly ClusterStatus ACTIVE = new("ACTIVE");
    public static readonly ClusterStatus CREATING = new("CREATING");
    public static readonly ClusterStatus DELETING = new("DELETING");
    public static readonly ClusterStatus FAILED = new("FAILED");
    public static readonly ClusterStatus PENDING = new("PENDING");
    public static readonly ClusterStatus UPDATING = new("UPDATING");

    public static implicit operator ClusterStatus(string value) => FindValue(value);

    public static ClusterStatus FindValue(string value) => FindValue<ClusterStatus>(value);
}

/// <summary>Why an update failed.</summary>
internal sealed class ErrorCode(string value) : ConstantClass(value)
{
    public static implicit operator ErrorCode(string value) => FindValue(value);

    public static ErrorCode FindValue(string value) => FindValue<ErrorCode>(value);
}

/// <summary>What is wrong with a node group.</summary>
internal sealed class NodegroupIssueCode(string value) : ConstantClass(value)
{
    public static implicit operator NodegroupIssueCode(string value) => FindValue(value);

    public static NodegroupIssueCode FindValue(string value) => FindValue<NodegroupIssueCode>(value);
}

/// <summary>State of a node group.</summary>
internal sealed class NodegroupStatus(string value) : ConstantClass(value)
{
    public static readonly NodegroupStatus ACTIVE = new("ACTIVE");
    public static readonly NodegroupStatus CREATE_FAILED = new("CREATE_FAILED");
    public static readonly NodegroupStatus CREATING = new("CREATING");
    public static readonly NodegroupStatus DEGRADED = new("DEGRADED");
    public static readonly NodegroupStatus DELETE_FAILED = new("DELETE_FAILED");
    public static readonly NodegroupStatus DELETING = new("DELETING");
    public static readonly NodegroupStatus UPDATING = new("UPDATING");

    public static implicit operator NodegroupStatus(string value) => FindValue(value);

    public static NodegroupStatus FindValue(string value) => FindValue<NodegroupStatus>(value);
}

/// <summary>What an add-on does with fields that somebody else set.</summary>
internal sealed class ResolveConflicts(string value) : ConstantClass(value)
{
    public static readonly ResolveConflicts NONE = new("NONE");
    public static readonly ResolveConflicts OVERWRITE = new("OVERWRITE");
    public static readonly ResolveConflicts PRESERVE = new("PRESERVE");

    public static implicit operator ResolveConflicts(string value) => FindValue(value);

    public static ResolveConflicts FindValue(string value) => FindValue<ResolveConflicts>(value);
}

/// <summary>What a taint does with pods that do not tolerate it.</summary>
internal sealed class TaintEffect(string value) : ConstantClass(value)
{
    public static readonly TaintEffect NO_EXECUTE = new("NO_EXECUTE");
    public static readonly TaintEffect NO_SCHEDULE = new("NO_SCHEDULE");
    public static readonly TaintEffect PREFER_NO_SCHEDULE = new("PREFER_NO_SCHEDULE");

    public static implicit operator TaintEffect(string value) => FindValue(value);

    public static TaintEffect FindValue(string value) => FindValue<TaintEffect>(value);
}

/// <summary>State of an update.</summary>
internal sealed class UpdateStatus(string value) : ConstantClass(value)
{
    public static readonly UpdateStatus Cancelled = new("Cancelled");
    public static readonly UpdateStatus Failed = new("Failed");
    public static readonly UpdateStatus InProgress = new("InProgress");
    public static readonly UpdateStatus Successful = new("Successful");

    public static implicit operator UpdateStatus(string value) => FindValue(value);

    public static UpdateStatus FindValue(string value) => FindValue<UpdateStatus>(value);
}

/// <summary>How AWS supports a version of Kubernetes.</summary>
internal sealed class VersionStatus(string value) : ConstantClass(value)
{
    public static readonly VersionStatus EXTENDED_SUPPORT = new("EXTENDED_SUPPORT");
    public static readonly VersionStatus STANDARD_SUPPORT = new("STANDARD_SUPPORT");
    public static readonly VersionStatus UNSUPPORTED = new("UNSUPPORTED");

    public static implicit operator VersionStatus(string value) => FindValue(value);

    public static VersionStatus FindValue(string value) => FindValue<VersionStatus>(value);
}
