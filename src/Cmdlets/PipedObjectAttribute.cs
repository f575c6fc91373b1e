using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// Binds what a cmdlet has to know of the object in the pipeline: whether it is a row of a table or one of the module's objects, of which
/// those that identify no Kafka cluster are refused. All else is left unbound.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PipedObjectAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var wrapped = inputData is null ? null : PSObject.AsPSObject(inputData);
        string? type = wrapped is null ? null : ModuleObjects.TypeOf(wrapped);
        if (wrapped is null || type == nameof(EksConnection) || (type is null && wrapped.BaseObject is not PSCustomObject))
            throw Unbound.Exception("It is neither a row of a table nor an object of this module.");
        return type is null || ModuleObjects.KafkaClusterOf(wrapped) is not null
            ? inputData
            : throw new ArgumentTransformationMetadataException(ModuleObjects.Refusal(wrapped, ModuleObjects.AKafkaCluster));
    }
}
