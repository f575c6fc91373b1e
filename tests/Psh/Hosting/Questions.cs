using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace KafkaK8s.Tests.Psh.Hosting;

/// <summary>Asks on the terminal; without one every question is an error, so that a script never hangs or guesses.</summary>
internal sealed class Questions(bool interactive)
{
    private static volatile bool asking;

    /// <summary>True while a question waits for its answer.</summary>
    public static bool Asking => asking;

    public string Line(string what)
    {
        EnsureTerminal(what);
        return Read() ?? string.Empty;
    }

    public SecureString Secret(string what)
    {
        EnsureTerminal(what);
        var secret = new SecureString();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace && secret.Length > 0)
                secret.RemoveAt(secret.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                secret.AppendChar(key.KeyChar);
        }

        Console.Error.WriteLine();
        return secret;
    }

    public Dictionary<string, PSObject> Fields(string caption, string message, Collection<FieldDescription> fields)
    {
        string names = string.Join(", ", fields.Select(field => field.Name));
        EnsureTerminal($"{caption} {message} ({names})");
        Heading(caption, message);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in fields)
        {
            Console.Error.Write($"{field.Name}: ");
            bool secret = field.ParameterTypeFullName == typeof(SecureString).FullName;
            answers[field.Name] = PSObject.AsPSObject(secret ? Secret(field.Name) : Line(field.Name));
        }

        return answers;
    }

    public int Choice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        EnsureTerminal($"{caption} {message}");
        Heading(caption, message);
        (string Key, string Label)[] offered = [.. choices.Select(Split)];
        while (true)
        {
            Console.Error.Write(string.Join("  ", offered.Select(choice => $"[{choice.Key}] {choice.Label}")));
            Console.Error.Write(defaultChoice >= 0 ? $" (default is \"{offered[defaultChoice].Key}\"): " : ": ");
            if (Read() is not { } answer)
                throw new PSInvalidOperationException($"psh: the input ended before an answer to '{caption} {message}'.");
            if (answer.Length == 0 && defaultChoice >= 0)
                return defaultChoice;
            int index = Array.FindIndex(offered, choice =>
                string.Equals(choice.Key, answer.Trim(), StringComparison.OrdinalIgnoreCase)
                || string.Equals(choice.Label, answer.Trim(), StringComparison.OrdinalIgnoreCase));
            if (index >= 0)
                return index;
        }
    }

    public PSCredential Credential(string caption, string message, string userName)
    {
        EnsureTerminal($"{caption} {message}");
        Heading(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Console.Error.Write("User: ");
            userName = Line("User");
        }

        Console.Error.Write($"Password for user {userName}: ");
        return new PSCredential(userName, Secret("Password"));
    }

    private static string? Read()
    {
        asking = true;
        try
        {
            return Console.In.ReadLine();
        }
        finally
        {
            asking = false;
        }
    }

    private static void Heading(string caption, string message)
    {
        foreach (string line in new[] { caption, message }.Where(text => !string.IsNullOrWhiteSpace(text)))
            Console.Error.WriteLine(line);
    }

    private static (string Key, string Label) Split(ChoiceDescription choice)
    {
        string label = choice.Label.Replace("&", string.Empty, StringComparison.Ordinal);
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return (mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant() : label, label);
    }

    private void EnsureTerminal(string question)
    {
        if (!interactive)
            throw new PSInvalidOperationException($"psh cannot ask '{question.Trim()}': there is no terminal to answer on. Give the value as a parameter, or -Confirm:$false.");
    }
}
