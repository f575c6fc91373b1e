using System.Collections;
using System.Globalization;
using System.Management.Automation;
using KafkaK8s.Core;

namespace KafkaK8s.Cmdlets;

/// <summary>Reads a table that a user gives, such as the value of -Config, as names with texts.</summary>
internal static class SpecTable
{
    /// <summary>The texts by name; null where there is no table. A null in the table stays one: it takes the name away.</summary>
    /// <param name="parameter">Name of the parameter, for errors.</param>
    /// <param name="table">The table.</param>
    /// <exception cref="ClusterException">A value is nothing that can be written as text.</exception>
    public static IReadOnlyDictionary<string, string?>? Read(string parameter, IDictionary? table)
    {
        if (table is null)
            return null;
        var texts = new Dictionary<string, string?>();
        foreach (DictionaryEntry entry in table)
        {
            string key = Text(parameter, "", entry.Key) ?? "";
            texts[key] = Text(parameter, key, entry.Value);
        }

        return texts;
    }

    // As Kafka writes values: true, 0.5, a,b,c, whatever the operator's culture.
    private static string? Text(string parameter, string key, object? value) => value switch
    {
        null => null,
        PSObject { BaseObject: not PSCustomObject } wrapped => Text(parameter, key, wrapped.BaseObject),
        string text => text,
        char letter => letter.ToString(),
        bool flag => flag ? "true" : "false",
        Enum word => word.ToString(),
        sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal or System.Numerics.BigInteger =>
            Convert.ToString(value, CultureInfo.InvariantCulture),
        SwitchParameter flag => flag ? "true" : "false",
        IEnumerable items and not IDictionary => string.Join(',', items.Cast<object?>().Select(i => Text(parameter, key, i))),
        _ => throw new ClusterException("InvalidConfig", FailureKind.InvalidInput, key,
            $"-{parameter}: the value of {key} is a {value.GetType().Name}. " +
            $"Give a text, a number, $true, $false, a list of these, or $null to take {key} away."),
    };
}
