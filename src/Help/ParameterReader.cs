using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace KafkaK8s.Help;

/// <summary>Reads the parameters of a cmdlet.</summary>
internal sealed partial class ParameterReader(DocComments docs, List<string> problems)
{
    /// <summary>All parameters: those with a position first, then by name, then what ShouldProcess brings.</summary>
    public IReadOnlyList<ParameterHelp> Read(Type type, CustomAttributeData cmdlet, string name)
    {
        object cmdletObject = Activator.CreateInstance(type)!;
        var own = type.GetProperties().Where(p => p.Metadata("ParameterAttribute") is not null).Select(p => Read(p, cmdletObject, name))
            .OrderBy(p => p.Uses.Min(u => u.Position ?? int.MaxValue)).ThenBy(p => p.Name, StringComparer.Ordinal);
        return cmdlet.Named("SupportsShouldProcess") is true ? [.. own, WhatIf, Confirm(cmdlet)] : [.. own];
    }

    private static ParameterHelp WhatIf => Common("WhatIf", "Shows what would be done, as objects, and does nothing.", "wi");

    private static ParameterHelp Confirm(CustomAttributeData cmdlet) => Common("Confirm",
        cmdlet.Named("ConfirmImpact") is 3 /* High */ ? "Asks before anything is done. That is the default here; -Confirm:$false asks nothing." : "Asks before anything is done.", "cf");

    private static ParameterHelp Common(string name, string text, string alias) => new(name, "SwitchParameter", "System.Management.Automation.SwitchParameter", [text], "False", [alias],
        Wildcards: false, [], [new ParameterUse(ParameterUse.AllSets, Required: false, null, ByValue: false, ByPropertyName: false)]);

    private ParameterHelp Read(PropertyInfo property, object cmdlet, string name)
    {
        var description = DocComments.Paragraphs(docs.Of(property), "description");
        if (description.Count == 0)
            problems.Add($"{name} -{property.Name} has no description (<para type=\"description\"> in the summary of {property.DeclaringType!.Name}.{property.Name}).");
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        string[] values = type.IsEnum ? Enum.GetNames(type) : [.. property.Metadata("ValidateSetAttribute")?.Strings() ?? []];
        return new ParameterHelp(property.Name, type.Name, type.FullName!, description, Default(type, property.GetValue(cmdlet), string.Join(' ', description)),
            [.. property.Metadata("AliasAttribute")?.Strings() ?? []], property.Metadata("SupportsWildcardsAttribute") is not null, values,
            [.. property.AllMetadata("ParameterAttribute").Select(Use)]);
    }

    private static ParameterUse Use(CustomAttributeData a) => new(
        a.Named("ParameterSetName") as string ?? ParameterUse.AllSets, a.Named("Mandatory") is true, a.Named("Position") is int n and >= 0 ? n : null,
        a.Named("ValueFromPipeline") is true, a.Named("ValueFromPipelineByPropertyName") is true);

    // The initialiser tells; else the words "Default …" or "Without it: …" of the description.
    private static string Default(Type type, object? value, string description)
    {
        if (type.Name == "SwitchParameter")
            return "False";
        string set = value switch
        {
            null or "" => "",
            string text => text,
            Array items => string.Join(", ", items.Cast<object>()),
            _ when value.Equals(Activator.CreateInstance(type)) => "",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
        return set.Length > 0 ? set : Told().Matches(description).LastOrDefault()?.Groups[1].Value ?? ""; // the last: a text may begin with "Default number of …"
    }

    [GeneratedRegex(@"\b(?:Default|Without it:) (.+?)(?=[.;](?:\s|$)|$)")]
    private static partial Regex Told();
}
