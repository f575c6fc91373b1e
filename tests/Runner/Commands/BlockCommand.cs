using System.Management.Automation;
using KafkaK8s.Tests.Runner.Model;

namespace KafkaK8s.Tests.Runner.Commands;

/// <summary>Describe and Context: during discovery the body runs, to find what is in it.</summary>
public abstract class BlockCommand(string kind) : KeywordCommand
{
    /// <summary>The title.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = string.Empty;

    /// <summary>The body.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("Fixture")]
    public ScriptBlock Body { get; set; } = ScriptBlock.Create(string.Empty);

    /// <summary>Data: the block is there once per item.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyCollection]
    public object? ForEach { get; set; }

    /// <summary>Tags.</summary>
    [Parameter]
    [Alias("Tags")]
    public string[] Tag { get; set; } = [];

    /// <summary>Leaves out every test of the block.</summary>
    [Parameter]
    public SwitchParameter Skip { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        TestBlock parent = Discovering();
        foreach (TestData? data in DataItems(nameof(ForEach), ForEach))
        {
            var block = new TestBlock { Name = Name, Parent = parent, Kind = kind, Data = data, Tags = Tag, Skip = Skip };
            parent.Children.Add(block);
            Discover(block, Body);
        }
    }

    private void Discover(TestBlock block, ScriptBlock body)
    {
        var scripts = new ScopedScripts(this);
        ErrorRecord? error = null;
        State.Discovering = block;
        try
        {
            scripts.InChildScope(() =>
            {
                foreach (KeyValuePair<string, object?> variable in block.Data?.Variables ?? [])
                    scripts.SetVariable(variable.Key, variable.Value);
                error = scripts.TryDotSource(body);
            });
        }
        finally
        {
            State.Discovering = block.Parent;
        }

        // Half a tree must not run as if it were the whole: one bad block fails its file.
        if (error is not null)
        {
            State.DiscoveryError ??= error;
            ThrowTerminatingError(new ErrorRecord(error.Exception, error.FullyQualifiedErrorId, error.CategoryInfo.Category, error.TargetObject));
        }
    }
}

/// <summary>Describe.</summary>
[Cmdlet(VerbsCommon.Add, "Describe")]
public sealed class AddDescribeCommand() : BlockCommand("Describe");

/// <summary>Context.</summary>
[Cmdlet(VerbsCommon.Add, "Context")]
public sealed class AddContextCommand() : BlockCommand("Context");
