using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using KafkaK8s.Core;

namespace KafkaK8s.Cmdlets;

/// <summary>The module's own objects, from themselves and from what PowerShell makes of them in a job, a file or
/// Select-Object.</summary>
internal static class ObjectCopy
{
    // What a copy without it would be taken for well.
    private static readonly string[] Verdicts =
        [nameof(KafkaClusterCheck.Severity), nameof(KafkaTopic.Status), nameof(TopicVerification.Passed), nameof(ZooKeeperNode.Reason)];

    /// <summary>The object that a copy was made of, as far as the copy has it.</summary>
    /// <exception cref="ClusterException"><c>IncompleteCopy</c>.</exception>
    public static object Read(PSObject value, Type type)
    {
        if (type.IsInstanceOfType(value.BaseObject))
            return value.BaseObject;
        var missing = type.GetProperties().Where(p => p.CanWrite && p.Name != "Namespace"
            && (p.IsDefined(typeof(RequiredMemberAttribute)) || Verdicts.Contains(p.Name)) && value.Properties[p.Name]?.Value is null);
        return !missing.Any() ? Build(value, type) : throw new ClusterException("IncompleteCopy", FailureKind.InvalidInput, value,
            $"A copy of a {type.Name} without {string.Join(", ", missing.Select(p => p.Name))} says too little. "
                + "Pipe the object as its cmdlet returns it.");
    }

    /// <summary>A time, also from a copy; null for what is none. PowerShell keeps DateTime alone, and of the other its
    /// properties.</summary>
    public static DateTimeOffset? Time(object? value) => value switch
    {
        DateTimeOffset time => time,
        PSObject { BaseObject: DateTimeOffset time } => time,
        PSObject copy when copy.Properties["UtcDateTime"]?.Value is DateTime utc => new DateTimeOffset(utc.Ticks, TimeSpan.Zero),
        _ => null,
    };

    private static object Build(PSObject value, Type type)
    {
        // A record with a list of values in its head has no other constructor.
        if (type.GetConstructor(Type.EmptyTypes) is null)
        {
            var constructor = type.GetConstructors().Single();
            return constructor.Invoke([.. constructor.GetParameters()
                .Select(p => Convert(value.Properties[p.Name]?.Value, p.ParameterType) ?? Default(p.ParameterType))]);
        }

        object made = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(p => p.CanWrite))
        {
            object? converted = Convert(value.Properties[property.Name]?.Value, property.PropertyType)
                ?? (property.IsDefined(typeof(RequiredMemberAttribute)) ? Default(property.PropertyType) : null);
            if (converted is not null)
                property.SetValue(made, converted);
        }

        return made;
    }

    private static object? Default(Type type) => type == typeof(string) ? "" : type.IsValueType ? Activator.CreateInstance(type) : null;

    // Null for what the copy does not have: below the depth of serialization an object is only its text.
    private static object? Convert(object? value, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        object? bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        if (value is null || type.IsInstanceOfType(bare))
            return bare;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return List(value, type.GetGenericArguments()[0]);
        if (type.IsGenericType)
            return null;
        if (type.Assembly == typeof(KafkaCluster).Assembly)
            return value is PSObject { BaseObject: not string } copy ? Build(copy, type) : null;
        if (type == typeof(DateTimeOffset) && Time(value) is { } time)
            return time;
        return LanguagePrimitives.TryConvertTo(value, type, CultureInfo.InvariantCulture, out object? converted) ? converted : null;
    }

    private static Array List(object value, Type element)
    {
        var items = (LanguagePrimitives.GetEnumerable(value) ?? new[] { value }).Cast<object?>().Select(i => Convert(i, element))
            .Where(i => i is not null).ToArray();
        var list = Array.CreateInstance(element, items.Length);
        Array.Copy(items, list, items.Length);
        return list;
    }
}
