using System.Management.Automation.Runspaces;

namespace KafkaK8s.Tests.Psh;

/// <summary>Words after -File as parameters and values: <c>-Name value</c>, <c>-Name:value</c>, <c>-Switch</c>, value.</summary>
internal static class ScriptArguments
{
    public static IEnumerable<CommandParameter> Parse(IReadOnlyList<string> arguments)
    {
        for (int index = 0; index < arguments.Count; index++)
        {
            string word = arguments[index];
            if (!IsName(word))
            {
                yield return new CommandParameter(null, word);
                continue;
            }

            int colon = word.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && colon < word.Length - 1)
                yield return new CommandParameter(word[..(colon + 1)], Value(word[(colon + 1)..]));
            else if (index + 1 < arguments.Count && !IsName(arguments[index + 1]))
                // With its dash the engine decides by the script's own parameters whether the next word is its value.
                yield return new CommandParameter(word, arguments[++index]);
            else
                yield return new CommandParameter(word);
        }
    }

    // A negative number is a value.
    private static bool IsName(string word) => word.Length > 1 && word[0] == '-' && (char.IsLetter(word[1]) || word[1] == '_');

    private static object Value(string text) => text.ToLowerInvariant() switch
    {
        "$true" => true,
        "$false" => false,
        _ => text,
    };
}
