using System.Collections;
using System.Management.Automation;

namespace KafkaK8s.Tests.Psh.StandIns;

/// <summary>One entry of -Property: a name, a wildcard, a script block, or @{ Name = …; Expression = … }.</summary>
internal sealed class PropertySpec
{
    private readonly string? name;
    private readonly object expression;

    public PropertySpec(object spec)
    {
        object plain = spec is PSObject wrapped ? wrapped.BaseObject : spec;
        if (plain is IDictionary dictionary)
        {
            name = Find(dictionary, "name", "n", "label", "l") as string;
            expression = Find(dictionary, "expression", "e") ?? throw new ArgumentException("A calculated property needs an Expression.");
        }
        else
        {
            expression = plain is ScriptBlock ? plain : plain.ToString()!;
        }
    }

    public static IReadOnlyList<PropertySpec> From(object[]? specs) => [.. (specs ?? []).Select(spec => new PropertySpec(spec))];

    /// <summary>Names and values for one object: several for a wildcard, one with null for a missing property.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Read(PSObject item)
    {
        if (expression is ScriptBlock block)
            return [new(name ?? block.ToString().Trim(), Evaluate(block, item))];
        string property = (string)expression;
        if (!WildcardPattern.ContainsWildcardCharacters(property))
            return [new(name ?? property, Value(item, property))];
        var pattern = WildcardPattern.Get(property, WildcardOptions.IgnoreCase);
        return item.Properties.Where(each => pattern.IsMatch(each.Name)).Select(each => new KeyValuePair<string, object?>(each.Name, each.Value));
    }

    public object? ReadOne(PSObject item) => Read(item).FirstOrDefault().Value;

    /// <summary>A property, or the entry of that name if the object is a dictionary.</summary>
    public static object? Value(PSObject item, string property) =>
        item.BaseObject is IDictionary dictionary && dictionary.Contains(property) ? dictionary[property] : item.Properties[property]?.Value;

    private static object? Evaluate(ScriptBlock block, PSObject item) =>
        block.InvokeWithContext(null, [new PSVariable("_", item)]) switch
        {
            [] => null,
            [var one] => one,
            var many => many.ToArray(),
        };

    private static object? Find(IDictionary dictionary, params string[] keys)
    {
        foreach (DictionaryEntry entry in dictionary)
        {
            if (keys.Contains(entry.Key.ToString(), StringComparer.OrdinalIgnoreCase))
                return entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
        }

        return null;
    }
}
