using System.Management.Automation;
using KafkaK8s.Tests.Runner.Assertions;

namespace KafkaK8s.Tests.Runner;

/// <summary>An error as the report shows it: what, and at which line of the script.</summary>
internal static class ErrorText
{
    public static IEnumerable<string> Lines(ErrorRecord error)
    {
        bool assertion = error.FullyQualifiedErrorId.StartsWith(Failure.ErrorId, StringComparison.Ordinal);
        string prefix = assertion ? string.Empty : $"{error.Exception.GetType().Name}: ";
        foreach (string line in (prefix + error).Split('\n'))
            yield return line.TrimEnd('\r');
        if (!assertion)
            yield return $"error id: {error.FullyQualifiedErrorId}";
        if (error.InvocationInfo is { ScriptName: { Length: > 0 } script } place)
            yield return $"at {script}:{place.ScriptLineNumber}: {place.Line.Trim()}";

        // The frames above show which test called a helper that failed.
        string[] frames = [.. (error.ScriptStackTrace ?? string.Empty).Split('\n')
            .Where(frame => frame.Contains(".ps1", StringComparison.OrdinalIgnoreCase) && !frame.Contains("FileScope.ps1", StringComparison.Ordinal))];
        foreach (string frame in frames.Skip(1).Take(6))
            yield return "  called " + frame.TrimEnd('\r');
    }
}
