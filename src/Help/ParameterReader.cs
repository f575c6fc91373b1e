using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace KafkaK8s.Help;

/// <summary>Reads the parameters of a cmdlet: their facts from the class, their words from the pages.</summary>
internal sealed partial class ParameterReader(CommonParameters common, List<string> problems)
{
    private const string ShouldProcess = "ShouldProcess";

    /// <summary>All parameters: those with a position first, then in the order of the page, then the common ones.</summary>
    public IReadOnlyList<ParameterHelp> Read(Type type, CustomAttributeData cmdlet, HelpPage page)
    {
        object cmdletObject = Activator.CreateInstance(type)!;
        var words = page.Parameters.ToDictionary(p => p.Name, p => p.Text);
        var order = page.Parameters.Select(p => p.Name).ToList();
        var read = type.GetProperties().Where(p => p.Metadata("ParameterAttribute") is not null)
            .Select(p => Read(p, cmdletObject, page.Name, words)).ToList();
        if (cmdlet.Named("SupportsShouldProcess") is true)
            read.AddRange([Switch("WhatIf", "wi", page.Name, words), Switch("Confirm", "cf", page.Name, words)]);
        foreach (string surplus in order.Except(read.Select(p => p.Name)))
            problems.Add($"{page.Name}.md describes -{surplus}, which the cmdlet does not have.");
        foreach (string twice in order.GroupBy(n => n).Where(g => g.Count() > 1).Select(g => g.Key))
            problems.Add($"{page.Name}.md describes -{twice} more than once.");
        return
        [
            .. read.OrderBy(p => p.Uses.Min(u => u.Position ?? int.MaxValue))
                .ThenBy(p => order.IndexOf(p.Name) is int n and >= 0 ? n : int.MaxValue)
                .ThenBy(p => common.PlaceOf(p.Name)).ThenBy(p => p.Name, StringComparer.Ordinal),
        ];
    }

    private ParameterHelp Switch(string name, string alias, string cmdlet, Dictionary<string, IReadOnlyList<Block>> words) => new(
        name, "SwitchParameter", "System.Management.Automation.SwitchParameter", Plain(Words(ShouldProcess, name, cmdlet, words)), "False",
        [alias], Wildcards: false, [],
        [new ParameterUse(ParameterUse.AllSets, Required: false, null, ByValue: false, ByPropertyName: false)]);

    private ParameterHelp Read(PropertyInfo property, object cmdlet, string name, Dictionary<string, IReadOnlyList<Block>> words)
    {
        // A command may bind a shared parameter in another way: its words are the same.
        var blocks = Words(property.GetMethod!.GetBaseDefinition().DeclaringType!.Name, property.Name, name, words);
        string text = string.Join(' ', blocks.Select(b => b.Text));
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        string[] values = type.IsEnum ? Enum.GetNames(type) : [.. property.Metadata("ValidateSetAttribute")?.Strings() ?? []];
        CheckRange(property, name, text);
        return new ParameterHelp(property.Name, type.Name, type.FullName!, Plain(blocks),
            Default(property, type, property.GetValue(cmdlet), name, text),
            [.. property.Metadata("AliasAttribute")?.Strings() ?? []], property.Metadata("SupportsWildcardsAttribute") is not null, values,
            [.. property.AllMetadata("ParameterAttribute").Select(Use)]);
    }

    private IReadOnlyList<Block> Words(string declaringClass, string parameter, string cmdlet,
        Dictionary<string, IReadOnlyList<Block>> words)
    {
        var shared = common.Of(declaringClass, parameter);
        var text = words.GetValueOrDefault(parameter) ?? shared ?? [];
        if (text.Count == 0)
            problems.Add(
                $"{cmdlet} -{parameter} has no words: add '### -{parameter}' to {cmdlet}.md, or to the section ({declaringClass}) of "
                    + $"{CommonParameters.FileName}.");
        return text;
    }

    private static IReadOnlyList<string> Plain(IEnumerable<Block> blocks) => [.. blocks.Select(b => b.Plain)];

    private static ParameterUse Use(CustomAttributeData a) => new(
        a.Named("ParameterSetName") as string ?? ParameterUse.AllSets, a.Named("Mandatory") is true,
        a.Named("Position") is int n and >= 0 ? n : null,
        a.Named("ValueFromPipeline") is true, a.Named("ValueFromPipelineByPropertyName") is true);

    // "Default: `3`." in the words; what the class sets itself must be said, and said right.
    private string Default(PropertyInfo property, Type type, object? value, string name, string text)
    {
        if (type.Name == "SwitchParameter")
            return "False";
        string told = Told().Match(text) is { Success: true } m ? m.Groups[1].Value : "";
        string set = value switch
        {
            null or "" => "",
            string one => one,
            Array items => string.Join(", ", items.Cast<object>()),
            _ when value.Equals(Activator.CreateInstance(type)) => "",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
        if (set.Length > 0 && set != told)
            problems.Add($"{name} -{property.Name}: the default is {set}; the words say '{told}'. Write: Default: `{set}`.");
        return told;
    }

    private void CheckRange(PropertyInfo property, string name, string text)
    {
        var limits = property.Metadata("ValidateRangeAttribute")?.ConstructorArguments;
        if (limits is not { Count: 2 })
            return;
        string range = string.Create(CultureInfo.InvariantCulture, $"{limits[0].Value} to {limits[1].Value}");
        if (!text.Replace(",", "", StringComparison.Ordinal).Contains(range, StringComparison.Ordinal))
            problems.Add($"{name} -{property.Name}: the range is {range}; the words do not say so. Write: Range: {range}.");
    }

    // A value stands in code marks; "Default: the current context." is words.
    [GeneratedRegex(@"\bDefault: `([^`]+)`")]
    private static partial Regex Told();
}
