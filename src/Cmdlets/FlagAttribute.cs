using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>Takes true and false in words for a switch, as a table has them; an empty cell counts as not given.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FlagAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is null ? null : PSObject.AsPSObject(inputData).BaseObject) switch
        {
            null => false,
            string text when string.IsNullOrWhiteSpace(text) => false,
            string text when bool.TryParse(text, out bool flag) => flag,
            string text => throw new ArgumentTransformationMetadataException($"'{text}' is neither true nor false."),
            _ => inputData,
        };
}
