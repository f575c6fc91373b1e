using System.Management.Automation;
using KafkaK8s.Tests.Runner.Model;

namespace KafkaK8s.Tests.Runner.Commands;

/// <summary>It: notes a test; its body runs later.</summary>
[Cmdlet(VerbsCommon.Add, "It")]
public sealed class AddItCommand : KeywordCommand
{
    /// <summary>The title.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = string.Empty;

    /// <summary>The test.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public ScriptBlock Test { get; set; } = ScriptBlock.Create(string.Empty);

    /// <summary>Data: the test is there once per item.</summary>
    [Parameter]
    [Alias("TestCases")]
    [AllowNull]
    [AllowEmptyCollection]
    public object? ForEach { get; set; }

    /// <summary>Tags.</summary>
    [Parameter]
    [Alias("Tags")]
    public string[] Tag { get; set; } = [];

    /// <summary>Leaves the test out, and counts it as skipped.</summary>
    [Parameter]
    public SwitchParameter Skip { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        TestBlock parent = Discovering();
        if (parent.IsRoot)
        {
            var error = new InvalidOperationException($"It '{Name}' stands outside of any Describe.");
            ThrowTerminatingError(new ErrorRecord(error, "ItOutsideDescribe", ErrorCategory.InvalidOperation, Name));
        }

        foreach (TestData? data in DataItems(nameof(ForEach), ForEach))
            parent.Children.Add(new TestCase { Name = Name, Parent = parent, Body = Test, Data = data, Tags = Tag, Skip = Skip });
    }
}
