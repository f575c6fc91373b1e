namespace KafkaK8s.Tests.Runner.Tests;

public sealed class RunnerTests
{
    [Fact]
    public void First_line_names_the_runner_and_last_line_counts()
    {
        PshResult result = PshProcess.Test("ok/Scoping.Tests.ps1");
        Assert.Equal("runner: KafkaK8s mini-runner (Pester 5 subset) on PowerShell engine 7.6.9; not pwsh, not Pester", result.Lines[0]);
        Assert.Equal("7 passed, 0 failed", result.LastLine);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void Scopes_are_as_in_Pester()
    {
        // The assertions stand in the fixture; here it matters that all of them ran and held.
        PshResult result = PshProcess.Test("ok");
        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Equal("19 passed, 0 failed", result.LastLine);
    }

    [Fact]
    public void ForEach_makes_a_test_per_item_and_fills_titles()
    {
        string output = PshProcess.Test("ok/ForEach.Tests.ps1").Output;
        foreach (string title in new[] { "Describe block a", "Describe block b", "✓ adds 2 and 2 in b", "✓ takes two", "✓ goes into deep and leaves <unknown> and <this>" })
            Assert.Contains(title, output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_must_fail_fails()
    {
        PshResult result = PshProcess.Test("Failing.Tests.ps1");
        Assert.Equal((1, "2 passed, 8 failed"), (result.ExitCode, result.LastLine));
        foreach (string line in result.Lines.Where(line => line.Contains(" fails ", StringComparison.Ordinal) && line.EndsWith(" ms", StringComparison.Ordinal)))
            Assert.Contains("✗", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_shows_message_and_script_line()
    {
        string output = PshProcess.Test("Failing.Tests.ps1").Output;
        Assert.Contains("Expected 2, because numbers differ, but got 1.", output, StringComparison.Ordinal);
        Assert.Contains("Failing.Tests.ps1:2: ", output, StringComparison.Ordinal);
        Assert.Contains("Expected an error with error id 'Other', but the error id was 'x'", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_setup_fails_its_tests_and_teardowns_still_run()
    {
        PshResult result = PshProcess.Test("Setups.Tests.ps1");
        Assert.Equal((1, "1 passed, 4 failed, 1 skipped"), (result.ExitCode, result.LastLine));
        Assert.Contains("no cluster", result.Output, StringComparison.Ordinal);
        Assert.Contains("teardown of broken setup ran", result.Output, StringComparison.Ordinal);
        Assert.Contains("AfterEach ran", result.Output, StringComparison.Ordinal);
        Assert.Contains("✗ AfterAll", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Lines, line => line == "body must not run");
    }

    [Fact]
    public void Skipped_tests_are_counted_and_not_set_up()
    {
        PshResult result = PshProcess.Test("Skips.Tests.ps1");
        Assert.Equal((0, "1 passed, 0 failed, 4 skipped"), (result.ExitCode, result.LastLine));
        Assert.Contains("skipped: no docker here", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Tag", "slow", "2 passed, 0 failed")]
    [InlineData("-Tag", "live", "1 passed, 0 failed")]
    [InlineData("-ExcludeTag", "slow", "1 passed, 0 failed")]
    [InlineData("-Name", "*quick*", "1 passed, 0 failed")]
    [InlineData("-Name", "tagged.*", "2 passed, 0 failed")]
    public void Filters_choose_tests(string option, string value, string last) =>
        Assert.Equal(last, PshProcess.Test("Tags.Tests.ps1", option, value).LastLine);

    [Theory]
    [InlineData("Empty.Tests.ps1", "0 passed, 0 failed")]
    [InlineData("Broken.Tests.ps1", "0 passed, 1 failed")]
    [InlineData("Syntax.Tests.ps1", "0 passed, 1 failed")]
    public void A_file_without_tests_or_with_a_broken_discovery_is_no_success(string file, string last)
    {
        PshResult result = PshProcess.Test(file);
        Assert.Equal((1, last), (result.ExitCode, result.LastLine));
    }

    [Fact]
    public void A_broken_discovery_is_shown_where_it_broke() =>
        Assert.Contains("Broken.Tests.ps1:3: throw", PshProcess.Test("Broken.Tests.ps1").Output, StringComparison.Ordinal);

    [Fact]
    public void A_filter_that_leaves_nothing_is_no_success() => Assert.Equal(1, PshProcess.Test("Tags.Tests.ps1", "-Name", "none").ExitCode);

    [Fact]
    public void A_missing_path_is_no_success()
    {
        PshResult result = PshProcess.Test("nowhere");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("There is no test file or folder", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Script_variables_of_one_file_are_not_seen_in_the_next()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "a.Tests.ps1"), "Describe a { It a { $script:left = 1; $script:left | Should -Be 1 } }");
        File.WriteAllText(Path.Combine(folder.Path, "b.Tests.ps1"), "Describe b { It b { $script:left | Should -BeNullOrEmpty } }");
        Assert.Equal("2 passed, 0 failed", PshProcess.Run("-Test", folder.Path).LastLine);
    }

    [Fact]
    public void Plain_marks_are_used_where_the_terminal_has_no_others()
    {
        using PshProcess psh = PshProcess.Start(["-Test", Path.Combine(PshProcess.Fixtures, "Failing.Tests.ps1")], "C");
        string output = psh.Wait().Output;
        Assert.Contains("  + passes between", output, StringComparison.Ordinal);
        Assert.Contains("  - fails by throw", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_come_as_they_happen()
    {
        using var file = new TemporaryFile(".Tests.ps1", "Describe d { It first { 1 | Should -Be 1 }; It second { 'x' > $env:PSH_MARK; Start-Sleep 60 } }");
        using PshProcess psh = PshProcess.Start(["-Test", file.Path], mark: out string mark);
        PshProcess.WaitForFile(mark);
        psh.Signal("INT");
        PshResult result = psh.Wait();
        Assert.Equal(130, result.ExitCode);
        Assert.Contains("✓ first", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("passed,", result.Output, StringComparison.Ordinal);
    }
}
