using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace KafkaK8s.Tests.Host;

/// <summary>
/// One runspace of PowerShell in this process, with a host that records. Everyday cmdlets load when they are first used, as at the prompt.
/// </summary>
public sealed class EngineSession : IDisposable
{
    /// <summary>The bound on any run that names none.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    private readonly Lock gate = new();
    private PowerShell? running;

    private EngineSession(RecordingHost host, Runspace runspace)
    {
        Host = host;
        Runspace = runspace;
    }

    /// <summary>The host that records this session.</summary>
    public RecordingHost Host { get; }

    /// <summary>The runspace.</summary>
    public Runspace Runspace { get; }

    /// <summary>Opens a session.</summary>
    /// <param name="width">Columns of the pretended window; tables are formatted to it.</param>
    public static EngineSession Open(int width = 120)
    {
        var host = new RecordingHost(width);
        Runspace runspace = RunspaceFactory.CreateRunspace(host, InitialSessionState.CreateDefault2());
        runspace.Open();
        return new EngineSession(host, runspace);
    }

    /// <summary>Imports a module from a path, as a user would.</summary>
    /// <param name="path">The folder, manifest or library.</param>
    /// <exception cref="InvalidOperationException">The import failed.</exception>
    public PSModuleInfo ImportModule(string path) =>
        Run("param($p) Import-Module -Name $p -PassThru -ErrorAction Stop", new { p = path }).EnsureSuccess().As<PSModuleInfo>()[^1];

    /// <summary>Runs script text and waits for it.</summary>
    /// <param name="script">The text.</param>
    /// <param name="arguments">Parameters of the text's own param block: a dictionary, or an object whose properties are taken.</param>
    /// <param name="limit">The longest it may take; <see cref="DefaultLimit"/> if null.</param>
    /// <exception cref="TimeoutException">It took longer and was stopped.</exception>
    public EngineResult Run(string script, object? arguments = null, TimeSpan? limit = null) =>
        RunAsync(script, arguments, limit).GetAwaiter().GetResult();

    /// <summary>Runs script text.</summary>
    /// <inheritdoc cref="Run"/>
    public Task<EngineResult> RunAsync(string script, object? arguments = null, TimeSpan? limit = null) =>
        InvokeAsync(shell => shell.AddScript(script).AddParameters(ToDictionary(arguments)), limit);

    /// <summary>Runs a pipeline that the caller puts together.</summary>
    /// <param name="build">Adds commands.</param>
    /// <param name="limit">The longest it may take; <see cref="DefaultLimit"/> if null.</param>
    /// <param name="input">Objects to pipe in.</param>
    /// <exception cref="TimeoutException">It took longer and was stopped.</exception>
    public async Task<EngineResult> InvokeAsync(Action<PowerShell> build, TimeSpan? limit = null, IEnumerable? input = null)
    {
        ArgumentNullException.ThrowIfNull(build);
        using PowerShell shell = PowerShell.Create(Runspace);
        build(shell);
        lock (gate)
            running = running is null ? shell : throw new InvalidOperationException("This session is already running a pipeline.");

        var clock = Stopwatch.StartNew();
        var output = new PSDataCollection<PSObject>();
        using var objects = new PSDataCollection<object>(input?.Cast<object>() ?? []);
        objects.Complete();
        RuntimeException? failure = null;
        try
        {
            Task work = shell.InvokeAsync(objects, output);
            TimeSpan bound = limit ?? DefaultLimit;
            try
            {
                await work.WaitAsync(bound).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!work.IsCompleted)
            {
                await StopAsync(shell).ConfigureAwait(false);
                throw new TimeoutException($"The pipeline ran longer than {bound} and was stopped.");
            }
            catch (PipelineStoppedException)
            {
                // Ctrl+C: the state says so.
            }
            catch (RuntimeException exception)
            {
                failure = exception;
            }
        }
        finally
        {
            lock (gate)
                running = null;
        }

        return new EngineResult
        {
            Output = [.. output],
            Errors = failure is null ? [.. shell.Streams.Error] : [.. shell.Streams.Error, failure.ErrorRecord],
            Warnings = [.. shell.Streams.Warning.Select(record => record.Message)],
            Verbose = [.. shell.Streams.Verbose.Select(record => record.Message)],
            Debug = [.. shell.Streams.Debug.Select(record => record.Message)],
            Information = [.. shell.Streams.Information],
            Progress = [.. shell.Streams.Progress],
            TerminatingError = failure?.ErrorRecord,
            State = shell.InvocationStateInfo.State,
            Duration = clock.Elapsed,
        };
    }

    /// <summary>Stops the running pipeline as Ctrl+C does, and waits until it has stopped. Nothing happens if none runs.</summary>
    public async Task StopAsync()
    {
        PowerShell? shell;
        lock (gate)
            shell = running;
        if (shell is not null)
            await StopAsync(shell).ConfigureAwait(false);
    }

    /// <summary>Objects as text, exactly as the engine's formatter shows them at the prompt, without colours.</summary>
    /// <param name="objects">The objects.</param>
    public string Format(params IEnumerable<object> objects)
    {
        int before = Host.Recording.Lines.Count;
        InvokeAsync(shell => shell.AddCommand("Out-Default"), input: objects).GetAwaiter().GetResult().EnsureSuccess();
        return string.Join('\n', Host.Recording.Lines.Skip(before).Select(line => line.Text.TrimEnd())).Trim('\n');
    }

    /// <summary>An error as text, as the prompt would show it, without colours.</summary>
    /// <param name="error">The error.</param>
    public string FormatError(ErrorRecord error) => Format(error);

    /// <inheritdoc/>
    public void Dispose() => Runspace.Dispose();

    private static async Task StopAsync(PowerShell shell)
    {
        try
        {
            await shell.StopAsync(null, null).ConfigureAwait(false);
        }
        catch (ArgumentNullException)
        {
            // It stopped so fast that the engine had dropped its own handle before it gave it out.
        }
    }

    private static Dictionary<string, object?> ToDictionary(object? arguments) => arguments switch
    {
        null => [],
        IDictionary dictionary => dictionary.Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => entry.Value),
        _ => arguments.GetType().GetProperties().ToDictionary(property => property.Name, property => property.GetValue(arguments)),
    };
}
