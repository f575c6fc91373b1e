using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// Keeps a connection to EKS that comes down the pipeline out of a name: the engine would make a text of it, since any object can be
/// one. An invalid cast is what makes the engine leave the parameter unbound.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotAConnectionAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is EksConnection
        ? throw new ArgumentTransformationMetadataException("A connection is not a name.", new PSInvalidCastException("A connection is not a name."))
        : inputData;
}
