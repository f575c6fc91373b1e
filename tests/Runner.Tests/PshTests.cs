namespace KafkaK8s.Tests.Runner.Tests;

public sealed class PshTests
{
    [Fact]
    public void Says_that_it_is_not_pwsh()
    {
        PshResult version = PshProcess.Run("-Version");
        Assert.Equal((0, "psh: PowerShell engine 7.6.9 in process; not pwsh"), (version.ExitCode, version.LastLine));

        PshResult command = PshProcess.Run("-Command", "1");
        Assert.Equal(("1\n", "psh: PowerShell engine 7.6.9, not pwsh\n"), (command.Output, command.Errors));
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("exit 5", 5)]
    [InlineData("throw 'x'", 1)]
    [InlineData("Get-Command nope-nope", 1)]
    [InlineData("Get-Command nope-nope; 1", 0)]
    [InlineData("[int]'x'", 1)]
    [InlineData("/bin/false", 1)]
    [InlineData("if (", 1)]
    [InlineData("1 # comment", 0)]
    public void Command_gives_the_exit_codes_of_pwsh(string text, int code) => Assert.Equal(code, PshProcess.Command(text).ExitCode);

    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("exit 0", 0)]
    [InlineData("throw 'x'", 1)]
    [InlineData("function f { exit 4 }; f", 4)]
    [InlineData("/bin/false", 0)]
    [InlineData("Write-Error soft", 0)]
    [InlineData("if (", 1)]
    public void File_gives_the_exit_codes_of_pwsh(string text, int code)
    {
        using var file = new TemporaryFile(".ps1", text);
        Assert.Equal(code, PshProcess.Run("-NoLogo", "-File", file.Path).ExitCode);
    }

    [Fact]
    public void File_takes_arguments_and_knows_where_it_is()
    {
        using var file = new TemporaryFile(".ps1", """
            param([string]$Name, [switch]$Loud, [int]$Count, [Parameter(ValueFromRemainingArguments)]$Rest)
            "$Name $Loud $($Count + 1) $($Rest -join '|')"
            $PSCommandPath
            """);
        PshResult result = PshProcess.Run("-NoLogo", "-File", file.Path, "-Name", "it's", "-Loud", "-Count", "4", "a", "b c");
        Assert.Equal(["it's True 5 a|b c", file.Path], result.Lines);
    }

    [Fact]
    public void A_missing_file_or_unknown_switch_is_a_usage_error()
    {
        Assert.Equal(64, PshProcess.Run("-File", "/nowhere/x.ps1").ExitCode);
        Assert.Equal(64, PshProcess.Run("-Frobnicate").ExitCode);
        Assert.Equal(64, PshProcess.Run().ExitCode);
    }

    [Fact]
    public void Output_goes_to_stdout_and_all_else_to_stderr()
    {
        PshResult result = PshProcess.Command("Write-Warning w; Write-Verbose v -Verbose; Write-Progress p; Write-Error e; Write-Host h; 'o'");
        Assert.Equal(["h", "o"], result.Lines);
        Assert.Equal("WARNING: w\nVERBOSE: v\nWrite-Error: e\n", result.Errors);
    }

    [Theory]
    [InlineData("throw 'boom'", "Exception: boom\n")]
    [InlineData("Write-Error 'soft' -ErrorAction Stop", "Write-Error: soft\n")]
    [InlineData("if (", "ParserError: Missing condition in if statement after 'if ('.\n")]
    public void The_error_that_ends_it_goes_to_stderr(string text, string errors)
    {
        PshResult result = PshProcess.Command(text);
        Assert.Equal((string.Empty, errors), (result.Output, result.Errors));
    }

    [Fact]
    public void Objects_are_formatted_by_the_engine_without_colours()
    {
        PshResult result = PshProcess.Command("[pscustomobject]@{ Name = 'a'; Size = 1 }, [pscustomobject]@{ Name = 'bc'; Size = 22 }");
        Assert.Equal("\nName Size\n---- ----\na       1\nbc     22\n\n", result.Output);
    }

    [Fact]
    public void Redirection_writes_files()
    {
        using var file = new TemporaryFile(".txt", "old");
        PshResult result = PshProcess.Command($"'ä', 'b' > '{file.Path}'; 'c' >> '{file.Path}'; [pscustomobject]@{{ X = 1 }} | Out-File '{file.Path}' -Append; $null > '{file.Path}.none'");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("ä\nb\nc\n\nX\n-\n1\n\n", File.ReadAllText(file.Path));
        Assert.Equal(0xC3, File.ReadAllBytes(file.Path)[0]);
        Assert.Equal(string.Empty, File.ReadAllText(file.Path + ".none"));
        File.Delete(file.Path + ".none");
    }

    [Fact]
    public void Select_First_stops_an_endless_upstream()
    {
        PshResult result = PshProcess.Command("& { try { while ($true) { 'x' } } finally { [Console]::Error.WriteLine('upstream ended') } } | Select-Object -First 2; 'next'");
        Assert.Equal(["x", "x", "next"], result.Lines);
        Assert.Equal("upstream ended\n", result.Errors);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_stops_the_pipeline_and_lets_it_clean_up(string signal, int code)
    {
        using PshProcess psh = PshProcess.Start(["-NoLogo", "-Command", "try { 'begun' > $env:PSH_MARK; Start-Sleep 60 } finally { [Console]::WriteLine('cleaned up') }; 'not reached'"], mark: out string mark);
        PshProcess.WaitForFile(mark);
        psh.Signal(signal);
        PshResult result = psh.Wait();
        Assert.Equal((code, "cleaned up\n", "psh: stopped\n"), (result.ExitCode, result.Output, result.Errors));
    }

    [Fact]
    public void A_question_without_a_terminal_is_an_error_not_a_hang()
    {
        using var file = new TemporaryFile(".txt", string.Empty);
        PshResult asked = PshProcess.Command($"Remove-Item '{file.Path}' -Confirm");
        Assert.Equal((1, string.Empty), (asked.ExitCode, asked.Output));
        Assert.Contains("no terminal", asked.Errors, StringComparison.Ordinal);
        Assert.StartsWith("What if: ", PshProcess.Command($"Remove-Item '{file.Path}' -WhatIf").Output, StringComparison.Ordinal);
        Assert.True(File.Exists(file.Path));
        Assert.Equal(0, PshProcess.Command($"Remove-Item '{file.Path}' -Confirm:$false").ExitCode);
        Assert.False(File.Exists(file.Path));
    }

    [Fact]
    public void Modules_of_the_build_are_found_first() =>
        Assert.Equal(Path.Combine(PshProcess.Root, "out"), PshProcess.Command("$env:PSModulePath.Split([IO.Path]::PathSeparator)[0]").LastLine);

    [Theory]
    [InlineData("3, 1, 2 | Sort-Object", "1 2 3")]
    [InlineData("'b', 'a' | Sort-Object -Descending", "b a")]
    [InlineData("(1..4 | Measure-Object -Sum).Sum; (1..4 | Measure-Object).Count", "10 4")]
    [InlineData("@{ a = 1; b = @(1, $null, 'ä') } | ConvertTo-Json -Compress | ConvertFrom-Json | Select-Object -ExpandProperty b", "1 ä")]
    [InlineData("([pscustomobject]@{ a = @{ b = @{ c = @{ d = 1 } } } } | ConvertTo-Json -Compress -Depth 1)", "{\"a\":{\"b\":\"System.Collections.Hashtable\"}}")]
    [InlineData("1..5 | Select-Object -Last 2", "4 5")]
    [InlineData("([pscustomobject]@{ A = 1; B = 2 } | Select-Object A, @{ n = 'C'; e = { $_.B * 2 } }).C", "4")]
    [InlineData("Join-Path /a b c; Split-Path /a/b -Leaf", "/a/b/c b")]
    [InlineData("Test-Path /; Test-Path /nowhere; Test-Path env:PATH; Test-Path / -PathType Leaf", "True False True False")]
    [InlineData("'x' | /bin/cat", "x")]
    [InlineData("(1, 'a' | Out-String -Stream).Count; ('a' | Out-String).Length", "2 2")]
    [InlineData("(Get-Random -Minimum 5 -Maximum 6); (New-Guid).GetType().Name; Get-Date -Date '2026-01-02' -Format yyyy", "5 Guid 2026")]
    [InlineData("Write-Output a b", "a b")]
    [InlineData("(1, 1, 2 | Group-Object | Select-Object -First 1).Count", "2")]
    public void Stand_ins_do_what_the_real_ones_do(string text, string lines)
    {
        PshResult result = PshProcess.Command(text);
        Assert.Equal((string.Empty, lines), (result.Errors, string.Join(' ', result.Lines)));
    }

    [Fact]
    public void Contents_and_items_work_on_files()
    {
        using var folder = new TemporaryFolder();
        PshResult result = PshProcess.Command($$"""
            Set-Location '{{folder.Path}}'
            'a', 'b' | Set-Content x.txt; Add-Content x.txt 'c'
            (Get-Content x.txt).Count; Get-Content x.txt -Tail 1; (Get-Content x.txt -Raw).Length
            New-Item d -ItemType Directory | Out-Null; Set-Content d/y.txt 1
            (Get-ChildItem -Recurse -File | Sort-Object Name).Name
            Remove-Item d -ErrorAction SilentlyContinue; Test-Path d
            Remove-Item d -Recurse; Test-Path d
            """);
        Assert.Equal((string.Empty, "3 c 6 x.txt y.txt True False"), (result.Errors, string.Join(' ', result.Lines)));
    }

    [Fact]
    public void Format_cmdlets_reach_the_engines_formatter()
    {
        PshResult result = PshProcess.Command("[pscustomobject]@{ Name = 'a'; Size = 1 } | Format-List; [pscustomobject]@{ Name = 'a'; Size = 1 } | Format-Table Size");
        Assert.Equal("\nName : a\nSize : 1\n\n\nSize\n----\n   1\n\n", result.Output);
    }
}
