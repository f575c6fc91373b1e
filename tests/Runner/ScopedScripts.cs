using System.Management.Automation;

namespace KafkaK8s.Tests.Runner;

/// <summary>
/// Runs script blocks in scopes. A scope is opened by calling a script block that calls back here; what runs
/// during the call is dot-sourced into that scope, so setups and test bodies see each other's variables.
/// </summary>
internal sealed class ScopedScripts(PSCmdlet cmdlet)
{
    // The loops keep a stray break or continue of a test from leaving the runner as well.
    private static readonly ScriptBlock Child = ScriptBlock.Create("param($______body) do { $______body.Invoke() } while ($false)");
    private static readonly ScriptBlock File = ScriptBlock.Create("param($______file, $______body) & $______file $______body");
    private static readonly ScriptBlock Call = ScriptBlock.Create("param($______file) try { do { $null = & $______file } while ($false) } catch { $_ }");
    private static readonly ScriptBlock DotSource = ScriptBlock.Create("param($______block) try { do { $null = . $______block } while ($false) } catch { $_ }");

    private static readonly string FileScope = Path.Combine(AppContext.BaseDirectory, "FileScope.ps1");

    /// <summary>Runs an action in a new scope below the present one.</summary>
    public void InChildScope(Action body) => cmdlet.InvokeCommand.InvokeScript(true, Child, null, body);

    /// <summary>Runs an action in a scope with its own <c>$script:</c> variables.</summary>
    public void InFileScope(Action body) => cmdlet.InvokeCommand.InvokeScript(true, File, null, FileScope, body);

    /// <summary>Calls a script file or block in a scope of its own; what it outputs is dropped.</summary>
    /// <returns>The error that ended it, or null.</returns>
    public ErrorRecord? TryCall(object fileOrBlock) => Run(true, Call, fileOrBlock);

    /// <summary>Dot-sources a block into the present scope; what it outputs is dropped.</summary>
    /// <returns>The error that ended it, or null.</returns>
    public ErrorRecord? TryDotSource(ScriptBlock block) => Run(false, DotSource, block);

    /// <summary>Sets a variable in the present scope.</summary>
    public void SetVariable(string name, object? value) => cmdlet.SessionState.PSVariable.Set(name, value);

    /// <summary>The value of <c>$name.path</c> in the present scope, or <see cref="Titles.Unknown"/>.</summary>
    public object? Evaluate(string expression)
    {
        if (cmdlet.SessionState.PSVariable.Get(expression.Split('.')[0]) is null)
            return Titles.Unknown;
        try
        {
            return cmdlet.InvokeCommand.InvokeScript(false, ScriptBlock.Create($"${expression}"), null) switch
            {
                [] => null,
                [var one] => one,
                var many => many,
            };
        }
        catch (RuntimeException)
        {
            return Titles.Unknown;
        }
    }

    private ErrorRecord? Run(bool newScope, ScriptBlock wrapper, object argument)
    {
        try
        {
            // The wrapper outputs nothing but the error it caught.
            return cmdlet.InvokeCommand.InvokeScript(newScope, wrapper, null, argument).Select(item => item.BaseObject).OfType<ErrorRecord>().FirstOrDefault();
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (RuntimeException exception)
        {
            return exception.ErrorRecord;
        }
        catch (FlowControlException exception)
        {
            // Not an error to the engine, but a test that calls exit has not passed.
            var error = new InvalidOperationException($"The script left by {exception.GetType().Name.Replace("Exception", string.Empty, StringComparison.Ordinal).ToUpperInvariant()}.", exception);
            return new ErrorRecord(error, "TestLeftByFlowControl", ErrorCategory.InvalidOperation, null);
        }
    }
}
