using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace KafkaK8s.Tests.Host;

/// <summary>The writing and asking half of <see cref="RecordingHost"/>. Safe to read while a pipeline runs.</summary>
public sealed class RecordingUserInterface : PSHostUserInterface
{
    private readonly Lock gate = new();
    private readonly List<HostLine> lines = [];
    private readonly List<HostQuestion> questions = [];
    private readonly List<ProgressRecord> progress = [];
    private readonly StringBuilder partial = new();
    private readonly RecordingRawUserInterface raw;

    internal RecordingUserInterface(int width) => raw = new RecordingRawUserInterface(width);

    /// <summary>The lines so far, in the order written.</summary>
    public IReadOnlyList<HostLine> Lines
    {
        get
        {
            lock (gate)
                return [.. lines];
        }
    }

    /// <summary>The progress records so far, as written, completed ones included.</summary>
    public IReadOnlyList<ProgressRecord> Progress
    {
        get
        {
            lock (gate)
                return [.. progress];
        }
    }

    /// <summary>The questions so far.</summary>
    public IReadOnlyList<HostQuestion> Questions
    {
        get
        {
            lock (gate)
                return [.. questions];
        }
    }

    /// <inheritdoc/>
    public override PSHostRawUserInterface RawUI => raw;

    internal Queue<string> Answers { get; } = new();

    /// <summary>The text of one channel, lines joined with \n.</summary>
    /// <param name="channel">The channel.</param>
    public string Text(HostChannel channel = HostChannel.Output) =>
        string.Join('\n', Lines.Where(line => line.Channel == channel).Select(line => line.Text));

    /// <summary>Forgets lines, progress and questions. Scripted answers stay.</summary>
    public void Clear()
    {
        lock (gate)
        {
            lines.Clear();
            progress.Clear();
            questions.Clear();
            partial.Clear();
        }
    }

    /// <inheritdoc/>
    public override void Write(string value)
    {
        lock (gate)
        {
            partial.Append(Plain(value));
            string[] parts = partial.ToString().Split('\n');
            foreach (string done in parts[..^1])
                lines.Add(new HostLine(HostChannel.Output, done.TrimEnd('\r')));
            partial.Clear().Append(parts[^1]);
        }
    }

    /// <inheritdoc/>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    /// <inheritdoc/>
    public override void WriteLine(string value) => Write(value + "\n");

    /// <inheritdoc/>
    public override void WriteErrorLine(string value) => Add(HostChannel.Error, value);

    /// <inheritdoc/>
    public override void WriteWarningLine(string message) => Add(HostChannel.Warning, message);

    /// <inheritdoc/>
    public override void WriteVerboseLine(string message) => Add(HostChannel.Verbose, message);

    /// <inheritdoc/>
    public override void WriteDebugLine(string message) => Add(HostChannel.Debug, message);

    /// <inheritdoc/>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (gate)
            progress.Add(record);
    }

    /// <inheritdoc/>
    public override string ReadLine() => Answer("ReadLine", string.Empty, string.Empty, []);

    /// <inheritdoc/>
    public override SecureString ReadLineAsSecureString() => ToSecure(ReadLine());

    /// <inheritdoc/>
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        ArgumentNullException.ThrowIfNull(descriptions);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            string answer = Answer("Prompt", caption, message, [field.Name]);
            bool secure = field.ParameterTypeFullName == typeof(SecureString).FullName;
            answers[field.Name] = secure ? PSObject.AsPSObject(ToSecure(answer)) : PSObject.AsPSObject(answer);
        }

        return answers;
    }

    /// <summary>Answers a choice by its label with or without the ampersand, by its hot key, or by its number.</summary>
    /// <inheritdoc/>
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        ArgumentNullException.ThrowIfNull(choices);
        string[] labels = [.. choices.Select(choice => choice.Label.Replace("&", string.Empty, StringComparison.Ordinal))];
        string answer = Answer("Choice", caption, message, labels);
        for (int index = 0; index < choices.Count; index++)
        {
            int mark = choices[index].Label.IndexOf('&', StringComparison.Ordinal);
            string hotKey = mark >= 0 && mark + 1 < choices[index].Label.Length ? choices[index].Label.Substring(mark + 1, 1)
                : string.Empty;
            if (string.Equals(answer, labels[index], StringComparison.OrdinalIgnoreCase)
                || (hotKey.Length > 0 && string.Equals(answer, hotKey, StringComparison.OrdinalIgnoreCase))
                || answer == index.ToString(CultureInfo.InvariantCulture))
                return index;
        }

        throw new PSInvalidOperationException($"The scripted answer '{answer}' is none of: {string.Join(", ", labels)}.");
    }

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        new(string.IsNullOrEmpty(userName) ? "user" : userName, ToSecure(Answer("Credential", caption, message, [userName])));

    /// <inheritdoc/>
    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => PromptForCredential(caption, message, userName, targetName);

    // The engine colours text even when asked for plain text, so every text is stripped on its way in.
    private static string Plain(string? text) => GetOutputString(text ?? string.Empty, supportsVirtualTerminal: false);

    private static SecureString ToSecure(string text)
    {
        var secure = new SecureString();
        foreach (char character in text)
            secure.AppendChar(character);
        return secure;
    }

    private void Add(HostChannel channel, string text)
    {
        lock (gate)
        {
            foreach (string line in Plain(text).Split('\n'))
                lines.Add(new HostLine(channel, line.TrimEnd('\r')));
        }
    }

    private string Answer(string kind, string caption, string message, IReadOnlyList<string> choices)
    {
        lock (gate)
        {
            bool answered = Answers.TryDequeue(out string? answer);
            questions.Add(new HostQuestion(kind, caption, message, choices, answer));
            return answered
                ? answer!
                : throw new PSInvalidOperationException(
                    $"No scripted answer for the question '{caption} {message}' ({string.Join(", ", choices)}).");
        }
    }
}
