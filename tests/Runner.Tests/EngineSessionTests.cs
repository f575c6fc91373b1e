using System.Management.Automation;
using KafkaK8s.Tests.Host;

namespace KafkaK8s.Tests.Runner.Tests;

public sealed class EngineSessionTests : IDisposable
{
    private const string RemoveIt =
        "function Remove-It { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param() if ($PSCmdlet.ShouldProcess('it', 'Remove')) { 'removed' } } Remove-It ";

    private readonly EngineSession session = EngineSession.Open();

    public void Dispose() => session.Dispose();

    [Fact]
    public void Runs_the_pinned_engine() => Assert.Equal("7.6.9", EngineSession.EngineVersion);

    [Fact]
    public void Gives_output_and_errors()
    {
        EngineResult result = session.Run("param($a) $a + 1; Get-Command nope-nope; 'after'", new { a = 1 });
        Assert.Equal([2, "after"], result.Output.Select(item => item.BaseObject));
        Assert.Equal("CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
        Assert.Null(result.TerminatingError);
        Assert.Throws<InvalidOperationException>(() => result.EnsureSuccess());
    }

    [Fact]
    public void Gives_the_terminating_error()
    {
        EngineResult result = session.Run("throw 'boom'");
        Assert.Equal((PSInvocationState.Failed, "boom"), (result.State, result.TerminatingError?.Exception.Message));
        Assert.Equal("Exception: boom", session.FormatError(result.TerminatingError!));
    }

    [Fact]
    public void Formats_as_the_prompt_does() =>
        Assert.Equal("Name Size\n---- ----\na       1", session.Format(session.Run("[pscustomobject]@{ Name = 'a'; Size = 1 }").Output));

    [Theory]
    [InlineData("Y", "removed")]
    [InlineData("yes", "removed")]
    [InlineData("N", "")]
    public void Answers_a_choice_by_script(string answer, string output)
    {
        session.Host.Answers.Enqueue(answer);
        EngineResult result = session.Run(RemoveIt).EnsureSuccess();
        Assert.Equal(output, string.Concat(result.Output));
        HostQuestion question = Assert.Single(session.Host.Recording.Questions);
        Assert.Equal(("Choice", answer), (question.Kind, question.Answer));
        Assert.Contains("\"Remove\" on target \"it\"", question.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_without_an_answer_is_an_error()
    {
        EngineResult result = session.Run(RemoveIt);
        Assert.True(result.HadErrors);
        Assert.Null(Assert.Single(session.Host.Recording.Questions).Answer);
    }

    [Fact]
    public void Records_WhatIf_text()
    {
        session.Run(RemoveIt + "-WhatIf").EnsureSuccess();
        Assert.Equal("What if: Performing the operation \"Remove\" on target \"it\".", session.Host.Recording.Text());
    }

    [Fact]
    public void Answers_a_missing_parameter_by_script()
    {
        session.Host.Answers.Enqueue("given");
        Assert.Equal("given", session.Run("function f { param([Parameter(Mandatory)]$X) $X } f").EnsureSuccess().Output[0].ToString());
    }

    [Fact]
    public void Keeps_exit_codes_apart()
    {
        Assert.Equal(3, session.Run("exit 3").ExitCode);
        Assert.Null(session.Run("1").ExitCode);
    }

    [Fact]
    public async Task Stops_like_Ctrl_C()
    {
        Task<EngineResult> running = session.RunAsync("try { [System.Threading.Thread]::Sleep(200); while ($true) { } } finally { $global:cleaned = $true }");
        await Task.Delay(400);
        await session.StopAsync();
        Assert.Equal(PSInvocationState.Stopped, (await running).State);
        Assert.Equal(true, session.Run("$cleaned").Output[0].BaseObject);
    }

    [Fact]
    public void Ends_what_takes_too_long()
    {
        Assert.Throws<TimeoutException>(() => session.Run("while ($true) { }", limit: TimeSpan.FromMilliseconds(300)));
        Assert.Equal(1, session.Run("1").Output[0].BaseObject);
    }

    [Fact]
    public void Imports_a_module_by_path()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "Demo.psm1");
        File.WriteAllText(file, "function Get-Demo { $PSScriptRoot }");
        Assert.Equal("Demo", session.ImportModule(file).Name);
        Assert.Equal(folder.Path, session.Run("Get-Demo").Output[0].ToString());
    }

    [Fact]
    public void Runs_script_files_with_arguments()
    {
        using var file = new TemporaryFile(".ps1", "param($Name) $Name; $PSCommandPath");
        Assert.Equal(["me", file.Path], session.RunFile(file.Path, new { Name = "me" }).EnsureSuccess().As<string>());
    }
}
