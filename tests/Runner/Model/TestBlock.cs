using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Model;

/// <summary>A Describe or Context, or the root that stands for a file.</summary>
internal sealed class TestBlock : TestNode
{
    /// <summary>"Describe" or "Context", for the report.</summary>
    public string Kind { get; init; } = "Describe";

    public bool IsRoot => Parent is null;

    public List<ScriptBlock> BeforeAll { get; } = [];

    public List<ScriptBlock> AfterAll { get; } = [];

    public List<ScriptBlock> BeforeEach { get; } = [];

    public List<ScriptBlock> AfterEach { get; } = [];

    /// <summary>Tests and blocks in the order written, which is the order they run in.</summary>
    public List<TestNode> Children { get; } = [];

    /// <summary>All tests in this block and the blocks in it.</summary>
    public IEnumerable<TestCase> AllTests => Children.SelectMany(child => child is TestBlock block ? block.AllTests : [(TestCase)child]);
}
