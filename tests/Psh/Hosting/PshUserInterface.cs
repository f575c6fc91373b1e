using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace KafkaK8s.Tests.Psh.Hosting;

/// <summary>Writes to the console's two streams and asks on the terminal, if there is one.</summary>
internal sealed class PshUserInterface(bool interactive) : PSHostUserInterface
{
    private readonly Lock gate = new();
    private readonly ProgressLines progress = new();
    private readonly Questions questions = new(interactive);

    public override PSHostRawUserInterface RawUI { get; } = new PshRawUserInterface();

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    public override void Write(string value)
    {
        lock (gate)
            Console.Out.Write(GetOutputString(value ?? string.Empty, SupportsVirtualTerminal));
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value)
    {
        lock (gate)
            Console.Out.WriteLine(GetOutputString(value ?? string.Empty, SupportsVirtualTerminal));
    }

    public override void WriteErrorLine(string value) => ToError(value);

    public override void WriteWarningLine(string message) => ToError("WARNING: " + message);

    public override void WriteVerboseLine(string message) => ToError("VERBOSE: " + message);

    public override void WriteDebugLine(string message) => ToError("DEBUG: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (Console.IsErrorRedirected)
            return;
        lock (gate)
        {
            if (progress.Next(record) is { } line)
                Console.Error.WriteLine(line);
        }
    }

    public override string ReadLine() => questions.Line("Read-Host");

    public override SecureString ReadLineAsSecureString() => questions.Secret("Read-Host");

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        questions.Fields(caption, message, descriptions);

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) =>
        questions.Choice(caption, message, choices, defaultChoice);

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        questions.Credential(caption, message, userName);

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => questions.Credential(caption, message, userName);

    private void ToError(string? text)
    {
        lock (gate)
            Console.Error.WriteLine(GetOutputString(text ?? string.Empty, !Console.IsErrorRedirected));
    }
}
