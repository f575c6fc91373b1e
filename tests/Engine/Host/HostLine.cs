namespace KafkaK8s.Tests.Host;

/// <summary>Where a line came to the host: what a console would colour or route differently.</summary>
public enum HostChannel
{
    /// <summary>Formatted output and text written straight to the host.</summary>
    Output,

    /// <summary>Formatted error records.</summary>
    Error,

    /// <summary>Warnings.</summary>
    Warning,

    /// <summary>Verbose messages.</summary>
    Verbose,

    /// <summary>Debug messages.</summary>
    Debug,
}

/// <summary>One line of host text, without ANSI sequences.</summary>
/// <param name="Channel">The channel it was written to.</param>
/// <param name="Text">The text, without line end.</param>
public sealed record HostLine(HostChannel Channel, string Text);

/// <summary>One question the engine asked through the host, and what the script of answers said.</summary>
/// <param name="Kind">How it was asked: Choice, Prompt, ReadLine or Credential.</param>
/// <param name="Caption">The heading.</param>
/// <param name="Message">The question.</param>
/// <param name="Choices">Labels or field names offered.</param>
/// <param name="Answer">The answer given; null when none was scripted and the question was refused.</param>
public sealed record HostQuestion(string Kind, string Caption, string Message, IReadOnlyList<string> Choices, string? Answer);
