using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Assertions;

/// <summary>Values as short text for messages and titles.</summary>
internal static class Nicely
{
    private const int MostItems = 10;

    /// <summary>A value so that its type can be told: 'text', $null, @(1, 2), [int].</summary>
    public static string Format(object? value)
    {
        object? plain = value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
        return plain switch
        {
            null => "$null",
            true => "$true",
            false => "$false",
            string text => $"'{text}'",
            Type type => $"[{type.FullName}]",
            ScriptBlock block => $"{{{block}}}",
            IDictionary dictionary => $"@{{{string.Join("; ", dictionary.Cast<DictionaryEntry>().Take(MostItems).Select(entry => $"{entry.Key} = {Format(entry.Value)}"))}}}",
            IEnumerable items => FormatItems([.. items.Cast<object?>()]),
            _ => Plain(plain),
        };
    }

    /// <summary>A value as it stands in a title: text without quotes.</summary>
    public static string Plain(object? value)
    {
        object? plain = value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
        return plain switch
        {
            string text => text,
            IFormattable number and not Enum => number.ToString(null, CultureInfo.InvariantCulture),
            null or bool or Type or IEnumerable => Format(plain),
            _ => plain.ToString() ?? string.Empty,
        };
    }

    private static string FormatItems(object?[] items)
    {
        IEnumerable<string> shown = items.Take(MostItems).Select(Format);
        return $"@({string.Join(", ", items.Length > MostItems ? shown.Append($"… {items.Length} in all") : shown)})";
    }
}
