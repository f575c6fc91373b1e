using System.Management.Automation;
using KafkaK8s.Tests.Runner.Model;

namespace KafkaK8s.Tests.Runner.Commands;

/// <summary>What all keywords need: the shared state, and a clear word when used in the wrong place.</summary>
public abstract class KeywordCommand : PSCmdlet
{
    private protected RunnerState State { get; } = RunnerState.Current;

    /// <summary>The block that discovery is in, or a terminating error.</summary>
    private protected TestBlock Discovering()
    {
        if (State is { Running: false, Discovering: { } block })
            return block;
        string keyword = MyInvocation.InvocationName;
        string message = State.Running
            ? $"{keyword} cannot be called while a test or setup runs; it belongs into a Describe or Context."
            : $"{keyword} can only be called from a test file run by the runner.";
        ThrowTerminatingError(new ErrorRecord(new InvalidOperationException(message), "KeywordOutOfPlace", ErrorCategory.InvalidOperation, keyword));
        throw new InvalidOperationException(message);
    }

    /// <summary>The items of a data parameter, or a single null if it was not given.</summary>
    private protected IReadOnlyList<TestData?> DataItems(string parameter, object? value)
    {
        if (!MyInvocation.BoundParameters.ContainsKey(parameter))
            return [null];
        IReadOnlyList<TestData> items = TestData.From(value);
        if (items.Count == 0)
            WriteWarning($"-{parameter} at {MyInvocation.ScriptName}:{MyInvocation.ScriptLineNumber} has no items, so there is nothing to run.");
        return items;
    }
}
