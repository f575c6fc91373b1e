namespace KafkaK8s.Help;

/// <summary>What the help says of one cmdlet.</summary>
/// <param name="Verb">Verb.</param>
/// <param name="Noun">Noun.</param>
/// <param name="Synopsis">One line.</param>
/// <param name="Description">Paragraphs.</param>
/// <param name="Parameters">All parameters, by position, then by name.</param>
/// <param name="ParameterSets">Names of the parameter sets, the default one first.</param>
/// <param name="Inputs">What may be piped in.</param>
/// <param name="Outputs">What comes out.</param>
/// <param name="Examples">Examples.</param>
/// <param name="Notes">Paragraphs; may be empty.</param>
/// <param name="Links">Related commands and addresses.</param>
internal sealed record CmdletHelp(
    string Verb, string Noun, string Synopsis, IReadOnlyList<string> Description, IReadOnlyList<ParameterHelp> Parameters,
    IReadOnlyList<string> ParameterSets,
    IReadOnlyList<TypeHelp> Inputs, IReadOnlyList<TypeHelp> Outputs, IReadOnlyList<ExampleHelp> Examples, IReadOnlyList<string> Notes,
    IReadOnlyList<LinkHelp> Links)
{
    /// <summary>Name of the cmdlet.</summary>
    public string Name => $"{Verb}-{Noun}";
}

/// <summary>One parameter.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Name of its type, as the prompt would show it; switches have one too.</param>
/// <param name="FullType">Full name of its type.</param>
/// <param name="Description">Paragraphs.</param>
/// <param name="Default">Value that holds when it is not given; empty where the help names none.</param>
/// <param name="Aliases">Other names.</param>
/// <param name="Wildcards">Whether it takes wildcards.</param>
/// <param name="Values">The values that it takes, where they are few.</param>
/// <param name="Uses">How it is used in each parameter set.</param>
internal sealed record ParameterHelp(
    string Name, string Type, string FullType, IReadOnlyList<string> Description, string Default, IReadOnlyList<string> Aliases,
    bool Wildcards,
    IReadOnlyList<string> Values, IReadOnlyList<ParameterUse> Uses)
{
    /// <summary>Whether it stands without a value.</summary>
    public bool IsSwitch => Type == "SwitchParameter";

    /// <summary>Whether it takes several values.</summary>
    public bool IsList => Type.EndsWith("[]", StringComparison.Ordinal);

    /// <summary>Its use in a set; null where it does not belong to it.</summary>
    public ParameterUse? In(string set) =>
        Uses.FirstOrDefault(u => u.Set == set) ?? Uses.FirstOrDefault(u => u.Set == ParameterUse.AllSets);
}

/// <summary>A parameter in one parameter set.</summary>
/// <param name="Set">The set, or <see cref="AllSets"/>.</param>
/// <param name="Required">Whether it must be given.</param>
/// <param name="Position">Position; null for named ones.</param>
/// <param name="ByValue">Whether it takes objects from the pipeline.</param>
/// <param name="ByPropertyName">Whether it takes properties of objects from the pipeline.</param>
internal sealed record ParameterUse(string Set, bool Required, int? Position, bool ByValue, bool ByPropertyName)
{
    /// <summary>The engine's name for "in every set".</summary>
    public const string AllSets = "__AllParameterSets";
}

/// <summary>A type that goes in or comes out.</summary>
/// <param name="Name">Full name.</param>
/// <param name="Description">What it is there.</param>
internal sealed record TypeHelp(string Name, string Description);

/// <summary>An example.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Code">The command.</param>
/// <param name="Remarks">Paragraphs behind it.</param>
internal sealed record ExampleHelp(string Title, string Code, IReadOnlyList<string> Remarks);

/// <summary>A related command or an address.</summary>
/// <param name="Text">Text.</param>
/// <param name="Address">Address; empty for commands and topics.</param>
internal sealed record LinkHelp(string Text, string Address);
