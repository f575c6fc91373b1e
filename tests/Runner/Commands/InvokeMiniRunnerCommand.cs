using System.Management.Automation;
using KafkaK8s.Tests.Runner.Model;

namespace KafkaK8s.Tests.Runner.Commands;

/// <summary>Finds tests in files, runs them, reports as it goes, and outputs one <see cref="RunSummary"/>.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "MiniRunner")]
[OutputType(typeof(RunSummary))]
public sealed class InvokeMiniRunnerCommand : PSCmdlet
{
    /// <summary>Test files, or folders searched for *.Tests.ps1.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string[] Path { get; set; } = [];

    /// <summary>Runs only tests with one of these tags, their own or of a block around them.</summary>
    [Parameter]
    public string[] Tag { get; set; } = [];

    /// <summary>Leaves out tests with one of these tags.</summary>
    [Parameter]
    public string[] ExcludeTag { get; set; } = [];

    /// <summary>Runs only tests whose title, or whole name joined with dots, is like one of these.</summary>
    [Parameter]
    public string[] Name { get; set; } = [];

    /// <summary>Uses plain characters where the terminal cannot show others.</summary>
    [Parameter]
    public SwitchParameter Ascii { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var reporter = new Reporter(Host.UI, Ascii);
        var run = new TestRun(new ScopedScripts(this), RunnerState.Current, reporter);
        List<string> files = [.. Path.SelectMany(FilesAt)];
        WriteObject(run.Execute(files, new TestFilter(Tag, ExcludeTag, Name)));
    }

    private IEnumerable<string> FilesAt(string path)
    {
        string full = GetUnresolvedProviderPathFromPSPath(path);
        if (File.Exists(full))
            return [full];
        if (Directory.Exists(full))
            return Directory.EnumerateFiles(full, "*.Tests.ps1", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        ThrowTerminatingError(new ErrorRecord(new FileNotFoundException($"There is no test file or folder '{full}'."), "TestFileNotFound", ErrorCategory.ObjectNotFound, path));
        return [];
    }
}
