using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using KafkaK8s.Tests.Psh.Hosting;
using KafkaK8s.Tests.Psh.StandIns;

namespace KafkaK8s.Tests.Psh;

/// <summary>One runspace for the life of the process, and the rules by which its pipelines become exit codes.</summary>
internal sealed class Session : IDisposable
{
    // Set as the last statement of a -Command text, because $? is gone once the pipeline has ended.
    private const string Succeeded = "__PshSucceeded";

    private readonly Lock gate = new();
    private readonly PshHost host;
    private readonly Runspace runspace;
    private PowerShell? running;
    private bool stopped;

    public Session(Options options)
    {
        bool interactive = !options.NonInteractive && !Console.IsInputRedirected;
        host = new PshHost(interactive);
        runspace = RunspaceFactory.CreateRunspace(host, Engine.NewSessionState(options.Mode));
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
        Engine.PutModuleFolderFirst();
    }

    /// <summary>Runs text: 1 after a terminating error, or if its last statement failed.</summary>
    public int RunCommand(string text)
    {
        // Text that does not parse is run as it is, so that the error shows that text and no more.
        Parser.ParseInput(text, out _, out ParseError[] errors);
        int code = Run(shell => shell.AddScript(errors.Length > 0 ? text : $"{text}\n$global:{Succeeded} = $?"));
        if (code != ExitCodes.Success || host.ExitCode is not null)
            return code;
        return runspace.SessionStateProxy.GetVariable(Succeeded) is false ? ExitCodes.Failure : ExitCodes.Success;
    }

    /// <summary>Runs a script file: 1 after an uncaught error, else 0 or the code of <c>exit</c>.</summary>
    public int RunFile(string path, IReadOnlyList<string> arguments)
    {
        var command = new Command(Path.GetFullPath(path), isScript: false);
        foreach (CommandParameter parameter in ScriptArguments.Parse(arguments))
            command.Parameters.Add(parameter);

        // Otherwise exit only ends the script, and cannot be told from a last native program that failed.
        EngineInternals.LetExitThrough(runspace);
        return Run(shell => shell.Commands.AddCommand(command));
    }

    /// <summary>Runs a pipeline and shows what comes out of it, errors in their turn, as the prompt would.</summary>
    public int Run(Action<PowerShell> build)
    {
        using PowerShell shell = PowerShell.Create(runspace);
        build(shell);
        foreach (Command command in shell.Commands.Commands)
            command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        return Invoke(shell, () => shell.Invoke());
    }

    /// <summary>Runs a pipeline for its output; loose errors are shown.</summary>
    public int Collect<T>(Action<PowerShell> build, List<T> output)
    {
        using PowerShell shell = PowerShell.Create(runspace);
        build(shell);
        shell.Streams.Error.DataAdded += (_, added) => host.Show(shell.Streams.Error[added.Index]);
        return Invoke(shell, () => output.AddRange(shell.Invoke<T>()));
    }

    /// <summary>Ctrl+C. Returns at once; the pipeline ends when its cleanup is done.</summary>
    public void Stop()
    {
        lock (gate)
        {
            stopped = true;
            running?.BeginStop(null, null);
        }
    }

    public void Dispose() => runspace.Dispose();

    private int Invoke(PowerShell shell, Action invoke)
    {
        lock (gate)
        {
            if (stopped)
                return ExitCodes.Interrupted;
            running = shell;
        }

        try
        {
            invoke();
            return host.ExitCode ?? ExitCodes.Success;
        }
        catch (PipelineStoppedException)
        {
            return ExitCodes.Interrupted;
        }
        catch (IncompleteParseException exception)
        {
            // The engine's error view shows nothing at all for this one: a prompt would ask for the rest.
            host.UI.WriteErrorLine($"ParserError: {exception.Message}");
            return ExitCodes.Failure;
        }
        catch (RuntimeException exception)
        {
            host.Show(exception.ErrorRecord);
            return ExitCodes.Failure;
        }
        finally
        {
            lock (gate)
                running = null;
        }
    }
}
