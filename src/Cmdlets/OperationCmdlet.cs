using System.Diagnostics;
using System.Management.Automation;
using System.Threading.Channels;
using KafkaK8s.Cmdlets.Completion;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Core.Running;

namespace KafkaK8s.Cmdlets;

/// <summary>What all cmdlets share: how long to wait, how events become output, and how failures become error records.</summary>
public abstract class OperationCmdlet : PSCmdlet, IDisposable
{
    private static readonly TimeSpan ProgressPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Events that wait for the pipeline: some, as each change of threads costs more than an event.</summary>
    private const int Ahead = 256;

    private readonly CancellationTokenSource stop = new();
    private readonly HashSet<KubeConnection> held = [];
    private long lastProgress;
    private Waiting? heldBack;
    private bool progressShown;
    private HashSet<string> commandLine = [];
    private readonly List<object> jobInput = [];
    private bool yesToAll;
    private bool noToAll;

    /// <summary>Seconds that the whole operation may take.</summary>
    [Parameter]
    [FreeText]
    [ValidateRange(1, 86400)]
    public int TimeoutSeconds { get; set; } = 900;

    /// <summary>Ends when the pipeline is stopped.</summary>
    private protected CancellationToken Stopped => stop.Token;

    /// <summary>The limit of time.</summary>
    protected TimeSpan Timeout => TimeSpan.FromSeconds(TimeoutSeconds);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        stop.Dispose();
        foreach (var connection in held)
            connection.Dispose();
        held.Clear();
    }

    /// <summary>Keeps a connection open until this command has ended, whatever becomes of it in the pool.</summary>
    private protected KubeConnection Hold(KubeConnection connection)
    {
        if (held.Add(connection))
            connection.Hold();
        return connection;
    }

    /// <summary>PowerShell's current folder.</summary>
    private protected string CurrentFolder() => SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>A kubeconfig's path, or several as the variable KUBECONFIG has them, taken from PowerShell's current folder.</summary>
    private protected string ResolveKubeConfig(string given)
    {
        string whole = GetUnresolvedProviderPathFromPSPath(given);
        return File.Exists(whole) || !given.Contains(Path.PathSeparator, StringComparison.Ordinal)
            ? whole
            : string.Join(Path.PathSeparator,
                given.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(GetUnresolvedProviderPathFromPSPath));
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        commandLine = [.. MyInvocation.BoundParameters.Keys];
        // An empty value here comes from a variable that was mistyped: nobody who writes -Context $typo means the current one.
        foreach (var (name, value) in MyInvocation.BoundParameters.Where(p => !CommonParameters.Contains(p.Key) && IsBlank(p.Value)))
            ThrowTerminatingError(ErrorTable.ToRecord(SpecChecks.EmptyParameter(name), this));
    }

    /// <inheritdoc/>
    protected sealed override void ProcessRecord()
    {
        if (RunsAsJob)
            CollectForJob();
        else
            Guarded(ProcessItem);
        // The engine gives the properties their defaults back before the next object, but keeps their names here.
        var bound = MyInvocation.BoundParameters;
        if (bound.Count == commandLine.Count)
            return;
        foreach (string piped in bound.Keys.Where(p => !commandLine.Contains(p)).ToList())
            bound.Remove(piped);
    }

    /// <inheritdoc/>
    protected sealed override void EndProcessing()
    {
        if (RunsAsJob)
            StartJob();
        else
            Guarded(ProcessEnd);
    }

    private bool RunsAsJob => this is IRunAsJob { AsJob.IsPresent: true };

    /// <summary>The present object of the pipeline as it goes on to a job.</summary>
    /// <param name="bound">What it bound.</param>
    private protected virtual object ForJob(IReadOnlyDictionary<string, object?> bound)
    {
        var row = new PSObject();
        foreach (var (name, value) in bound)
            row.Properties.Add(new PSNoteProperty(name, value));
        return row;
    }

    private void CollectForJob()
    {
        if (MyInvocation.ExpectingInput)
            jobInput.Add(
                ForJob(MyInvocation.BoundParameters.Where(p => !GivenForAll(p.Key)).ToDictionary(p => p.Key, object? (p) => p.Value)));
    }

    // Nobody can be asked in a job: what would be asked is refused there, with the host's own error, unless -Confirm:$false answers it.
    private void StartJob()
    {
        string[] ofThisSession = [nameof(IRunAsJob.AsJob), "OutVariable", "ErrorVariable", "WarningVariable", "InformationVariable",
            "PipelineVariable", "OutBuffer"];
        var parameters = commandLine.Except(ofThisSession).ToDictionary(n => n, object? (n) => MyInvocation.BoundParameters[n]);
        if (MyInvocation.ExpectingInput && jobInput.Count == 0)
            return; // nothing came that could be bound: the engine has said so
        var job = CommandJob.Start(this, parameters, MyInvocation.ExpectingInput ? jobInput : null);
        JobRepository.Add(job);
        WriteObject(job);
    }

    /// <summary>Whether a parameter was given, on the command line or by the present object of the pipeline.</summary>
    private protected bool Given(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>A text; null where it is blank, as the empty cell of a table is not given.</summary>
    private protected static string? NotBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    /// <summary>Whether a value is nothing at all: null, or a text of blanks.</summary>
    private protected static bool IsBlank(object? value) =>
        value is null || (PSObject.AsPSObject(value).BaseObject is string text && string.IsNullOrWhiteSpace(text));

    /// <summary>Whether a parameter was given on the command line.</summary>
    private protected bool GivenForAll(string parameter) => commandLine.Contains(parameter);

    /// <summary>
    /// Whether a change is to be carried out: asks as ShouldProcess does, and gives the plan's objects with -WhatIf. A change that disturbs
    /// what is running is asked for as one of high impact, whatever the impact of the cmdlet.
    /// </summary>
    /// <param name="action">What will be done.</param>
    /// <param name="target">To what.</param>
    /// <param name="plan">The plan as objects.</param>
    /// <param name="disturbs">Whether something that runs is disturbed.</param>
    private protected bool Agreed(string action, string target, IReadOnlyCollection<PlanStep> plan, bool disturbs = false)
    {
        string command = MyInvocation.MyCommand.Name;
        if (!ShouldProcess($"{action}: {target}", $"{action}: {target}?", command, out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                WriteObject(PlanView.Of(plan), enumerateCollection: true);
            return false;
        }

        return !disturbs || !AsksForHighAlone || ShouldContinue($"{action}: {target}?", command, ref yesToAll, ref noToAll);
    }

    // With -Confirm, and with a lower preference, ShouldProcess has asked already; -Confirm:$false and the preference None ask nothing.
    private bool AsksForHighAlone => !Given("Confirm") && LanguagePrimitives.TryConvertTo(GetVariableValue("ConfirmPreference"),
        out ConfirmImpact preference) && preference == ConfirmImpact.High;

    /// <summary>The work for all items together, once the last one is in; for cmdlets that choose an order of their own.</summary>
    protected virtual void ProcessEnd()
    {
    }

    /// <summary>Runs work whose expected failures become error records, so that one bad item does not stop the others.</summary>
    private protected void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (Expected(e) is { } failure)
        {
            WriteError(ErrorTable.ToRecord(failure, this));
        }
    }

    /// <summary>A failure that an operator can act on; null for everything else, which is a defect and goes its way with its
    /// stack.</summary>
    private protected virtual ClusterException? Expected(Exception failure) => failure as ClusterException;

    /// <summary>Cancels only: the pipeline thread waits for the work to end.</summary>
    protected sealed override void StopProcessing() => stop.Cancel();

    /// <summary>The work for one item of the pipeline. Failures that an operator can act on may be thrown.</summary>
    protected abstract void ProcessItem();

    /// <summary>
    /// Runs async work that only reads to its end, within the limit of time, and gives its result; only events of an operation can be
    /// rendered meanwhile.
    /// </summary>
    /// <typeparam name="T">Type of the result.</typeparam>
    /// <param name="subject">What it is about, for the error when the time is over.</param>
    /// <param name="work">The work.</param>
    private protected T Await<T>(string subject, Func<CancellationToken, Task<T>> work)
    {
        T result = default!;
        async IAsyncEnumerable<T> Once([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            yield return await Limits.WithinAsync(Timeout, work, subject, cancel).ConfigureAwait(false);
        }

        Drain(Once, item => result = item, static () => { });
        return result;
    }

    /// <summary>Runs an operation and renders its events: changes as verbose text, waits as progress, stalls as warnings.</summary>
    /// <typeparam name="T">Type of its result.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <param name="activity">Title of the progress bar.</param>
    /// <param name="completed">Takes the result.</param>
    private protected void Run<T>(Func<CancellationToken, IAsyncEnumerable<OperationEvent>> operation, string activity, Action<T> completed)
    {
        try
        {
            Drain(operation, e =>
            {
                switch (e)
                {
                    case Applied applied:
                        WriteVerbose(Words.Of(applied.Step));
                        break;
                    case Note note:
                        WriteVerbose(note.Text);
                        break;
                    case Warned warned:
                        WriteWarning(warned.Text);
                        break;
                    case Waiting waiting:
                        ShowProgress(activity, waiting);
                        break;
                    case Failed failed:
                        WriteError(ErrorTable.ToRecord(failed.Failure, this));
                        break;
                    case Completed<T> done:
                        EndProgress(activity);
                        completed(done.Result);
                        break;
                }
            }, () => ShowHeldBack(activity));
        }
        finally
        {
            EndProgress(activity);
        }
    }

    // Async work yields values; only the pipeline thread writes. Whatever ends the loop early (Ctrl+C, Select-Object -First, an
    // error downstream) cancels the work and waits for its end, so that no task outlives the command.
    private void Drain<T>(Func<CancellationToken, IAsyncEnumerable<T>> source, Action<T> render, Action idle)
    {
        using var cts = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var queue = Channel.CreateBounded<T>(new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });
        var token = cts.Token;
        var producer = Task.Run(async () =>
        {
            try
            {
                await foreach (var item in source(token).WithCancellation(token).ConfigureAwait(false))
                {
                    if (!queue.Writer.TryWrite(item))
                        await queue.Writer.WriteAsync(item, token).ConfigureAwait(false);
                }
            }
            finally
            {
                queue.Writer.TryComplete();
            }
        }, CancellationToken.None);
        bool drained = false;
        try
        {
            bool more = true;
            while (more)
            {
                while (queue.Reader.TryRead(out var item))
                    render(item);
                var waiting = queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
                while (!waiting.Wait(ProgressPause))
                    idle();
                more = waiting.Result;
            }

            drained = true;
        }
        finally
        {
            if (!drained)
                cts.Cancel();
            try
            {
                producer.GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is OperationCanceledException && (!drained || stop.IsCancellationRequested))
            {
                // That is what was asked for.
            }
            catch (Exception e) when (!drained && Expected(e) is not null)
            {
                // The pipeline is ending for another reason, which must not be hidden.
            }
        }

        if (stop.IsCancellationRequested)
            throw new PipelineStoppedException();
    }

    private void ShowProgress(string activity, Waiting waiting)
    {
        heldBack = waiting;
        if (progressShown && Stopwatch.GetElapsedTime(lastProgress) < ProgressPause)
            return;
        heldBack = null;
        lastProgress = Stopwatch.GetTimestamp();
        progressShown = true;
        WriteProgress(new ProgressRecord(1, activity, waiting.Text)
        {
            CurrentOperation = waiting.Phase,
            PercentComplete = Math.Clamp(waiting.Percent, -1, 100)
        });
    }

    /// <summary>Shows how far the work of the pipeline's own thread is.</summary>
    private protected void ShowProgress(string text, int percent) =>
        ShowProgress(MyInvocation.MyCommand.Name, new Waiting("", text, percent));

    // The last of a burst must not be lost: nothing may come after it for minutes.
    private void ShowHeldBack(string activity)
    {
        if (heldBack is not null)
            ShowProgress(activity, heldBack);
    }

    private void EndProgress(string activity)
    {
        heldBack = null;
        if (!progressShown)
            return;
        progressShown = false;
        WriteProgress(new ProgressRecord(1, activity, "done") { RecordType = ProgressRecordType.Completed });
    }
}
