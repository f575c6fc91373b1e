using System.Management.Automation;
using KafkaK8s.Tests.Runner.Assertions;

namespace KafkaK8s.Tests.Runner.Commands;

/// <summary>Should: one assertion; it throws when the assertion does not hold.</summary>
[Cmdlet("Assert", "Should")]
[OutputType(typeof(ErrorRecord))]
public sealed partial class AssertShouldCommand : PSCmdlet
{
    private readonly List<object?> piped = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => piped.Add(ActualValue);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // -ActualValue @(1, 2) means the same as piping both.
        object? all = MyInvocation.ExpectingInput ? piped.ToArray() : piped.Count == 1 ? piped[0] : null;
        if (Throw)
            CheckThrow(all);
        else if (Exist)
            CheckEach(all, new Operator((path, _) => Exists(path), _ => "the path to exist"), null);
        else if (Operators.ByName[ParameterSetName] is { TakesAll: true } whole)
            FailOn(whole.Check(all, Expected, Not, Because));
        else
            CheckEach(all, Operators.ByName[ParameterSetName], Expected);
    }

    private object? Expected => ParameterSetName switch
    {
        nameof(Match) => RegularExpression,
        nameof(BeOfType) => ExpectedType,
        _ => ExpectedValue,
    };

    private void CheckEach(object? all, Operator one, object? expected)
    {
        object?[] items = MyInvocation.ExpectingInput ? (object?[])all! : [all];

        // An empty pipeline is one $null, as in Pester: an assertion on nothing must not pass unseen.
        foreach (object? item in items.Length == 0 ? [null] : items)
            FailOn(one.Check(item, expected, Not, Because));
    }

    private void CheckThrow(object? all)
    {
        object? input = Comparison.Items(all) is [var one] ? Comparison.Unwrap(one) : null;
        if (input is not ScriptBlock block)
        {
            var misuse = new ArgumentException("Should -Throw needs one script block: { … } | Should -Throw.");
            ThrowTerminatingError(new ErrorRecord(misuse, "ShouldThrowNeedsScriptBlock", ErrorCategory.InvalidArgument, input));
            return;
        }

        ErrorRecord? error = new ScopedScripts(this).TryCall(block);
        var check = new ThrowCheck(ExpectedMessage, ErrorId, ExceptionType, Because);
        FailOn(Not ? check.CheckNone(error) : check.Check(error));
        if (PassThru && !Not)
            WriteObject(error);
    }

    private bool Exists(object? path) => path is not null && InvokeProvider.Item.Exists(Comparison.ToText(path));

    private void FailOn(string? message)
    {
        if (message is not null)
            ThrowTerminatingError(Failure.Record(message));
    }
}
