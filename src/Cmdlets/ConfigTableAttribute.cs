using System.Collections;
using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>Takes settings as texts, such as cleanup.policy=compact, where the parameter wants a table: texts can be completed, the names
/// in a table cannot.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ConfigTableAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is null)
            return null;
        object given = PSObject.AsPSObject(inputData).BaseObject;
        if (given is string { } text)
            return string.IsNullOrWhiteSpace(text) ? inputData : Table([text]);
        return given is IEnumerable list and not IDictionary
            && list.Cast<object?>().Select(i => i is null ? null : PSObject.AsPSObject(i).BaseObject as string)
                .ToList() is { Count: > 0 } texts
            && texts.TrueForAll(t => t is not null) ? Table(texts!) : inputData;
    }

    private static Hashtable Table(IEnumerable<string> settings)
    {
        var table = new Hashtable(StringComparer.Ordinal);
        foreach (string setting in settings)
        {
            int at = setting.IndexOf('=', StringComparison.Ordinal);
            string name = at < 0 ? setting : setting[..at].Trim();
            if (at < 0 || name.Length == 0)
                throw new ArgumentTransformationMetadataException(
                    $"'{setting}' is no setting: give name=value, or a table @{{ 'name' = value }}.");
            if (table.ContainsKey(name))
                throw new ArgumentTransformationMetadataException($"{name} is given twice.");
            table[name] = setting[(at + 1)..].Trim();
        }

        return table;
    }
}
