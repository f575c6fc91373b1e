using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>Takes names of pods and ids of brokers, and leaves all else in the pipeline to the other parameters.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PodNameAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData is null ? null : PSObject.AsPSObject(inputData).BaseObject is IEnumerable list and not (string or IDictionary)
            ? list.Cast<object?>().Select(One).ToArray() : One(inputData);

    private static string One(object? value) => (value is null ? null : PSObject.AsPSObject(value).BaseObject) switch
    {
        string text => text,
        int or long => Convert.ToString(PSObject.AsPSObject(value!).BaseObject, CultureInfo.InvariantCulture)!,
        _ => throw Unbound.Exception("It names no pod. Give the name of a pod, or the id of a broker."),
    };
}
