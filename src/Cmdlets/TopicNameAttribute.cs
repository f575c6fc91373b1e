using System.Collections;
using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// Takes names of topics, or of what else a cluster holds, from strings and from this module's objects that identify one, and nothing from
/// anything else: the engine would make a text of any object, and that text would be taken for a name.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TopicNameAttribute : ArgumentTransformationAttribute
{
    /// <summary>The type of object that is named.</summary>
    public string Of { get; init; } = nameof(KafkaTopic);

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is null)
            return null;
        var wrapped = PSObject.AsPSObject(inputData);
        return wrapped.BaseObject is IEnumerable list and not (string or IDictionary) ? list.Cast<object?>().Select(One).ToArray()
            : One(inputData);
    }

    private string One(object? value)
    {
        var wrapped = value is null ? null : PSObject.AsPSObject(value);
        return wrapped?.BaseObject as string ?? (wrapped is null ? null : ModuleObjects.NameOf(Of, wrapped))
            ?? throw Unbound.Exception($"It names none. Give the name as a string, or a {Of}.");
    }
}
