using System.Management.Automation;
using KafkaK8s.Tests.Runner.Model;

namespace KafkaK8s.Tests.Runner.Commands;

/// <summary>Setups and teardowns: noted during discovery, run later.</summary>
public abstract class SetupCommand : KeywordCommand
{
    /// <summary>The script.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock Scriptblock { get; set; } = ScriptBlock.Create(string.Empty);

    /// <inheritdoc/>
    protected override void EndProcessing() => ListIn(Discovering()).Add(Scriptblock);

    /// <summary>The list of the block that this keyword fills.</summary>
    private protected abstract List<ScriptBlock> ListIn(TestBlock block);
}

/// <summary>BeforeAll.</summary>
[Cmdlet(VerbsCommon.Add, "BeforeAll")]
public sealed class AddBeforeAllCommand : SetupCommand
{
    private protected override List<ScriptBlock> ListIn(TestBlock block) => block.BeforeAll;
}

/// <summary>AfterAll.</summary>
[Cmdlet(VerbsCommon.Add, "AfterAll")]
public sealed class AddAfterAllCommand : SetupCommand
{
    private protected override List<ScriptBlock> ListIn(TestBlock block) => block.AfterAll;
}

/// <summary>BeforeEach.</summary>
[Cmdlet(VerbsCommon.Add, "BeforeEach")]
public sealed class AddBeforeEachCommand : SetupCommand
{
    private protected override List<ScriptBlock> ListIn(TestBlock block) => block.BeforeEach;
}

/// <summary>AfterEach.</summary>
[Cmdlet(VerbsCommon.Add, "AfterEach")]
public sealed class AddAfterEachCommand : SetupCommand
{
    private protected override List<ScriptBlock> ListIn(TestBlock block) => block.AfterEach;
}
