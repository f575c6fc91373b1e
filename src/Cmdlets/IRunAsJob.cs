using System.Management.Automation;

namespace KafkaK8s.Cmdlets;

/// <summary>A cmdlet that takes minutes, and can do so in the background.</summary>
internal interface IRunAsJob
{
    /// <summary>Whether it was told to.</summary>
    SwitchParameter AsJob { get; }
}
