using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Assertions;

/// <summary>Comparisons as the PowerShell operators make them.</summary>
internal static class Comparison
{
    public static object? Unwrap(object? value) => value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;

    /// <summary>The items of a collection; a lone value, null included, is one item.</summary>
    public static object?[] Items(object? value) => Unwrap(value) switch
    {
        string text => [text],
        IDictionary dictionary => [dictionary],
        IEnumerable items => [.. items.Cast<object?>()],
        var other => [other],
    };

    /// <summary>All piped objects as text: a single one stands for itself.</summary>
    public static string FormatAll(object? actual) => Items(actual) is [var one] ? Nicely.Format(one) : Nicely.Format(actual);

    /// <summary>Item by item -eq or -ceq; nothing piped equals $null and the empty collection.</summary>
    public static bool SameItems(object? actual, object? expected, bool ignoreCase)
    {
        object?[] left = Items(actual);
        object?[] right = Items(expected);
        if (left.Length == 0 && right is [null])
            return true;
        return left.Length == right.Length && left.Zip(right).All(pair => Same(pair.First, pair.Second, ignoreCase));
    }

    public static bool Holds(object? collection, object? item) => Items(collection).Any(each => Same(each, item, ignoreCase: true));

    public static bool IsNullOrEmpty(object? actual) => Items(actual) switch
    {
        [] => true,
        [var one] => Unwrap(one) is IDictionary dictionary ? dictionary.Count == 0 : string.IsNullOrEmpty(ToText(one)),
        _ => false,
    };

    public static int Compare(object? actual, object? expected) =>
        LanguagePrimitives.Compare(actual, expected, ignoreCase: true, CultureInfo.InvariantCulture);

    public static bool Like(object? actual, object? pattern) =>
        WildcardPattern.Get(ToText(pattern), WildcardOptions.IgnoreCase).IsMatch(ToText(actual));

    public static string ToText(object? value) => (string)LanguagePrimitives.ConvertTo(value, typeof(string), CultureInfo.InvariantCulture);

    public static int ToInt(object? value) => (int)LanguagePrimitives.ConvertTo(value, typeof(int), CultureInfo.InvariantCulture);

    /// <summary>-is for a type, or for its name with or without brackets; a name that is no type is looked for among the object's type names.</summary>
    public static bool IsOfType(object? actual, object? expected)
    {
        if (actual is null)
            return false;
        PSObject wrapped = PSObject.AsPSObject(actual);
        if (Unwrap(expected) is not Type type)
        {
            string name = ToText(expected).Trim().TrimStart('[').TrimEnd(']');
            if (!LanguagePrimitives.TryConvertTo(name, out type))
                return wrapped.TypeNames.Contains(name, StringComparer.OrdinalIgnoreCase);
        }

        return type == typeof(PSObject) || type == typeof(PSCustomObject)
            ? wrapped.BaseObject is PSCustomObject
            : type.IsInstanceOfType(wrapped.BaseObject);
    }

    private static bool Same(object? actual, object? expected, bool ignoreCase)
    {
        object? left = Unwrap(actual);
        object? right = Unwrap(expected);
        return left is IList && right is IList
            ? SameItems(left, right, ignoreCase)
            : LanguagePrimitives.Equals(left, right, ignoreCase, CultureInfo.InvariantCulture);
    }
}
