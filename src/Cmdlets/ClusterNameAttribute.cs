using System.Collections;
using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// Takes a cluster's name from a string or from one of the module's objects that identify a cluster, and refuses everything else: the
/// engine would make a text of any object, and that text would be taken for a name.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ClusterNameAttribute : ArgumentTransformationAttribute
{
    /// <summary>The name is an EKS cluster's.</summary>
    public bool Eks { get; init; }

    /// <summary>The cluster exists: Kubernetes' names have no upper case, so DEMO can only mean demo.</summary>
    public bool Standing { get; init; }

    /// <summary>Several names may be given at once.</summary>
    public bool Several { get; init; }

    /// <summary>Why a ZooKeeper server is not taken for its cluster; null where it is.</summary>
    public string? RefuseNodes { get; init; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is null)
            return null; // the engine refuses it, or knows that a name may be missing
        var wrapped = PSObject.AsPSObject(inputData);
        if (wrapped.BaseObject is IEnumerable list and not (string or IDictionary))
            return Several ? list.Cast<object?>().Select(One).ToArray()
                : throw Refused("Give one name at a time; several names come through the pipeline: 'a', 'b' | …");
        return One(inputData);
    }

    private object? One(object? value)
    {
        if (value is null)
            return null;
        var wrapped = PSObject.AsPSObject(value);
        if (wrapped.BaseObject is string text)
            return Standing && !Eks ? text.ToLowerInvariant() : text;
        if (RefuseNodes is string why && ModuleObjects.TypeOf(wrapped) == nameof(ZooKeeperNode))
            throw Refused(why);
        if ((Eks ? ModuleObjects.EksClusterOf(wrapped) : ModuleObjects.KafkaClusterOf(wrapped)) is string name)
            return name;
        // A connection binds to -Connection, a row of a table by its columns: left unbound here.
        if ((wrapped.BaseObject is EksConnection && !Eks)
            || (wrapped.BaseObject is PSCustomObject && ModuleObjects.TypeOf(wrapped) is null))
            throw Unbound.Exception("It has no name as a whole; its property Name is taken.");
        throw Refused(ModuleObjects.Refusal(value, Eks ? ModuleObjects.AnEksCluster : ModuleObjects.AKafkaCluster));
    }

    private static ArgumentTransformationMetadataException Refused(string why) => new(why);
}

/// <summary>How a transformation leaves a parameter unbound: the engine goes on to the next way to bind it when a cast is
/// invalid.</summary>
internal static class Unbound
{
    /// <summary>In the pipeline: not bound. On the command line: an error with this message.</summary>
    public static ArgumentTransformationMetadataException Exception(string message) => new(message, new PSInvalidCastException(message));
}
