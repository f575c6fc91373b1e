using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>Lets the empty cell of a table pass where the type of the parameter would not: it counts as not given.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotBlankAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData is not null && PSObject.AsPSObject(inputData).BaseObject is string text && string.IsNullOrWhiteSpace(text) ? null
        : inputData;
}
