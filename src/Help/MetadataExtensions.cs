using System.Reflection;

namespace KafkaK8s.Help;

/// <summary>Attributes read as data: the engine's reference library has no code that could make them.</summary>
internal static class MetadataExtensions
{
    /// <summary>The attribute of that name; null where there is none.</summary>
    public static CustomAttributeData? Metadata(this MemberInfo member, string attribute) => member.AllMetadata(attribute).FirstOrDefault();

    /// <summary>All attributes of that name.</summary>
    public static IEnumerable<CustomAttributeData> AllMetadata(this MemberInfo member, string attribute) =>
        member.GetCustomAttributesData().Where(a => a.AttributeType.Name == attribute);

    /// <summary>A named argument; null where it was not given.</summary>
    public static object? Named(this CustomAttributeData data, string argument) =>
        data.NamedArguments.FirstOrDefault(a => a.MemberName == argument).TypedValue.Value;

    /// <summary>The strings in the constructor's arguments, arrays opened.</summary>
    public static IEnumerable<string> Strings(this CustomAttributeData data) => data.ConstructorArguments.SelectMany(a => a.Value switch
    {
        string one => [one],
        IReadOnlyCollection<CustomAttributeTypedArgument> many => many.Select(v => v.Value).OfType<string>(),
        _ => Enumerable.Empty<string>(),
    });
}
