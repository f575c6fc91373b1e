using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Model;

/// <summary>One It, or one It per item of its -ForEach.</summary>
internal sealed class TestCase : TestNode
{
    public required ScriptBlock Body { get; init; }

    /// <summary>False when the filter leaves it out.</summary>
    public bool Selected { get; set; } = true;

    public bool WillRun => Selected && !IsSkipped;
}
