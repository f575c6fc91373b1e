using System.Globalization;
using System.Management.Automation.Host;

namespace KafkaK8s.Tests.Host;

/// <summary>
/// A host that writes everything down instead of showing it. The engine's default host drops the text of
/// -WhatIf and refuses every prompt, so tests that look at either need this one.
/// </summary>
public sealed class RecordingHost : PSHost
{
    private readonly RecordingUserInterface userInterface;

    /// <summary>Opens a host with a fixed buffer width, so that tables come out the same everywhere.</summary>
    /// <param name="width">Columns of the pretended window.</param>
    public RecordingHost(int width = 120) => userInterface = new RecordingUserInterface(width);

    /// <summary>What was written and asked.</summary>
    public RecordingUserInterface Recording => userInterface;

    /// <summary>Answers for the coming prompts, in order. A prompt with no answer left is an error.</summary>
    public Queue<string> Answers => userInterface.Answers;

    /// <inheritdoc/>
    public override string Name => "KafkaK8s.Tests.RecordingHost";

    /// <inheritdoc/>
    public override Version Version { get; } = new(1, 0);

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    /// <inheritdoc/>
    public override PSHostUserInterface UI => userInterface;

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => throw new NotSupportedException("The recording host does not exit.");

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException("The recording host has no nested prompt.");

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException("The recording host has no nested prompt.");

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }
}
