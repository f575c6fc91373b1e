using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace KafkaK8s.Cmdlets;

/// <summary>
/// A command of this module in the background: a job of PowerShell with a runspace of its own, in this process. Objects, errors, warnings,
/// verbose text and progress go to the streams of the job as they come; Stop-Job is Ctrl+C.
/// </summary>
internal sealed class CommandJob : Job
{
    /// <summary>What the command would have found in the session that started it.</summary>
    private static readonly string[] Preferences =
        ["ConfirmPreference", "WhatIfPreference", "VerbosePreference", "WarningPreference", "DebugPreference", "ErrorActionPreference",
        "InformationPreference"];

    private readonly PowerShell shell;

    private CommandJob(string command, PowerShell shell)
        : base(command)
    {
        this.shell = shell;
        PSJobTypeName = "KafkaK8sJob";
        shell.Streams.Error = Error;
        shell.Streams.Warning = Warning;
        shell.Streams.Verbose = Verbose;
        shell.Streams.Debug = Debug;
        shell.Streams.Progress = Progress;
        shell.Streams.Information = Information;
        shell.InvocationStateChanged += (_, change) => Follow(change.InvocationStateInfo);
    }

    /// <inheritdoc/>
    public override bool HasMoreData => Output.Count + Error.Count + Warning.Count + Verbose.Count + Debug.Count + Information.Count > 0;

    /// <inheritdoc/>
    public override string Location => "localhost";

    /// <inheritdoc/>
    public override string StatusMessage => "";

    /// <summary>Starts a command.</summary>
    /// <param name="cmdlet">The cmdlet that was told to run as a job: its command, its session's folder and preferences are taken.</param>
    /// <param name="parameters">Parameters of the command line.</param>
    /// <param name="input">Objects of the pipeline; null where it has none.</param>
    public static CommandJob Start(PSCmdlet cmdlet, IDictionary<string, object?> parameters, IReadOnlyList<object>? input)
    {
        var state = InitialSessionState.CreateDefault2();
        string bin = Path.GetDirectoryName(typeof(PlanStep).Assembly.Location)!;
        state.ImportPSModule([Path.GetFullPath(Path.Combine(bin, "..", "KafkaK8s.psd1"))]);
        foreach (string name in Preferences)
            state.Variables.Add(new SessionStateVariableEntry(name, cmdlet.GetVariableValue(name), ""));
        var space = RunspaceFactory.CreateRunspace(state);
        space.Open();
        space.SessionStateProxy.Path.SetLocation(cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath);

        var shell = PowerShell.Create();
        shell.Runspace = space;
        shell.AddCommand(cmdlet.MyInvocation.MyCommand.Name);
        foreach (var (name, value) in parameters)
            shell.AddParameter(name, value);

        var job = new CommandJob(cmdlet.MyInvocation.Line.Trim(), shell);
        job.SetJobState(JobState.Running);
        PSDataCollection<object>? objects = null;
        if (input is not null)
        {
            objects = [.. input];
            objects.Complete();
        }

        shell.BeginInvoke(objects, job.Output);
        return job;
    }

    /// <summary>Stops the command as Ctrl+C does, and waits for its end.</summary>
    public override void StopJob()
    {
        if (JobStateInfo.State is JobState.Running or JobState.NotStarted)
            shell.Stop();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            StopJob();
            shell.Runspace?.Dispose();
            shell.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Follow(PSInvocationStateInfo now)
    {
        if (now.State == PSInvocationState.Failed && now.Reason is IContainsErrorRecord failure)
            Error.Add(failure.ErrorRecord);
        JobState? end = now.State switch
        {
            PSInvocationState.Completed => JobState.Completed,
            PSInvocationState.Failed => JobState.Failed,
            PSInvocationState.Stopped => JobState.Stopped,
            _ => null,
        };
        if (end is JobState state)
            SetJobState(state);
    }
}
