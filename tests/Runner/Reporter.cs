using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using KafkaK8s.Tests.Runner.Model;

namespace KafkaK8s.Tests.Runner;

/// <summary>Writes each line as soon as it is known, so that a long suite can be watched.</summary>
internal sealed class Reporter(PSHostUserInterface ui, bool ascii)
{
    private int depth;

    public void Found(int tests, int selected, int files) =>
        ui.WriteLine($"files: {files}, tests: {tests}" + (selected < tests ? $", {selected} selected" : string.Empty));

    public void File(string path)
    {
        ui.WriteLine(string.Empty);
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        ui.WriteLine(relative.StartsWith("..", StringComparison.Ordinal) ? path : relative);
        depth = 0;
    }

    public void EnterBlock(TestBlock block, string title)
    {
        Write($"{block.Kind} {title}");
        depth++;
    }

    public void LeaveBlock() => depth--;

    public void Passed(string title, TimeSpan time) => Write($"{(ascii ? '+' : '✓')} {title} {Milliseconds(time)}");

    public void Skipped(string title, string? because) =>
        Write($"! {title} (skipped{(string.IsNullOrWhiteSpace(because) ? string.Empty : ": " + because)})");

    public void Failed(string title, TimeSpan time, ErrorRecord error)
    {
        Write($"{(ascii ? '-' : '✗')} {title} {Milliseconds(time)}");
        depth++;
        foreach (string line in ErrorText.Lines(error))
            Write(line);
        depth--;
    }

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms");

    private void Write(string text) => ui.WriteLine(new string(' ', depth * 2) + text);
}
