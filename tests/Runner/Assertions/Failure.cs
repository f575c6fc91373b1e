using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Assertions;

/// <summary>The error of an assertion that does not hold, with the id that Pester uses.</summary>
internal static class Failure
{
    public const string ErrorId = "PesterAssertionFailed";

    public static ErrorRecord Record(string message) =>
        new(new InvalidOperationException(message), ErrorId, ErrorCategory.InvalidResult, null);

    /// <summary>The reason as part of a sentence: empty, or " because …,".</summary>
    public static string Because(string? reason)
    {
        string text = (reason ?? string.Empty).Trim();
        if (text.StartsWith("because ", StringComparison.OrdinalIgnoreCase))
            text = text["because ".Length..];
        return text.Length == 0 ? string.Empty : $" because {text},";
    }
}
