using KafkaK8s.Tests.Runner;

namespace KafkaK8s.Tests.Psh;

/// <summary>psh -Test: the runner's report, framed by who ran it and the closing line.</summary>
internal static class TestMode
{
    public static int Run(Session session, Options options)
    {
        Console.Out.WriteLine($"runner: KafkaK8s mini-runner (Pester 5 subset) on PowerShell engine {Engine.Version}; not pwsh, not Pester");

        var summaries = new List<RunSummary>();
        int code = session.Collect(
            shell => shell.AddCommand(Keywords.RunCommand)
                .AddParameter("Path", options.TestPaths)
                .AddParameter("Tag", options.Tags)
                .AddParameter("ExcludeTag", options.ExcludedTags)
                .AddParameter("Name", options.Names)
                .AddParameter("Ascii", !TerminalShowsUtf8()),
            summaries);

        // No summary: the run did not get to its end, and must not look as if it had.
        if (summaries is not [{ } summary])
            return code == ExitCodes.Success ? ExitCodes.Failure : code;
        Console.Out.WriteLine();
        Console.Out.WriteLine(summary.ToString());
        return summary.Succeeded ? code : ExitCodes.Failure;
    }

    private static bool TerminalShowsUtf8()
    {
        if (OperatingSystem.IsWindows())
            return Console.OutputEncoding.CodePage == System.Text.Encoding.UTF8.CodePage;
        string? locale = new[] { "LC_ALL", "LC_CTYPE", "LANG" }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return locale?.Replace("-", string.Empty, StringComparison.Ordinal).Contains("utf8", StringComparison.OrdinalIgnoreCase) == true;
    }
}
