using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using KafkaK8s.Tests.Psh.StandIns;

namespace KafkaK8s.Tests.Psh.Hosting;

/// <summary>The host: output to stdout, all else to stderr.</summary>
internal sealed class PshHost(bool interactive) : PSHost
{
    private readonly PshUserInterface userInterface = new(interactive);

    /// <summary>The code of <c>exit n</c>; null while the script has not called it.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => "psh";

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    public override PSHostUserInterface UI => userInterface;

    /// <summary>Shows an error as the engine's own error view makes it.</summary>
    public void Show(ErrorRecord error)
    {
        PSObject marked = EngineInternals.OfErrorStream(error);
        try
        {
            using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            shell.AddCommand("Out-Default").AddParameter("InputObject", marked).Invoke();
        }
        catch (Exception failure) when (failure is RuntimeException or InvalidOperationException)
        {
            // An error while showing an error must not hide it.
            userInterface.WriteErrorLine(error.ToString());
        }
    }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("psh has no prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("psh has no prompt.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
