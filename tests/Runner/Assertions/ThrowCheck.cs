using System.Management.Automation;

namespace KafkaK8s.Tests.Runner.Assertions;

/// <summary>What Should -Throw expects of an error.</summary>
internal sealed record ThrowCheck(string? Message, string? ErrorId, Type? ExceptionType, string? Because)
{
    /// <summary>The message if the error is not as expected, else null.</summary>
    public string? Check(ErrorRecord? error)
    {
        List<string> wanted = [];
        List<string> found = [];
        if (ExceptionType is not null)
            Note($"type [{ExceptionType.FullName}]", ExceptionType.IsInstanceOfType(error?.Exception), $"the type was [{error?.Exception.GetType().FullName}]");
        if (!string.IsNullOrWhiteSpace(Message))
            Note($"a message like '{Message}'", Comparison.Like(error?.Exception.Message, Message), $"the message was '{error?.Exception.Message}'");
        if (!string.IsNullOrWhiteSpace(ErrorId))
            Note($"error id '{ErrorId}'", Comparison.Like(error?.FullyQualifiedErrorId, ErrorId), $"the error id was '{error?.FullyQualifiedErrorId}'");

        if (error is not null && found.Count == 0)
            return null;
        string filter = wanted.Count == 0 ? string.Empty : $" with {string.Join(" and ", wanted)}";
        string but = error is null ? "nothing was thrown" : string.Join(" and ", found);
        return $"Expected an error{filter},{Failure.Because(Because)} but {but}{Place(error)}.";

        void Note(string expectation, bool holds, string finding)
        {
            wanted.Add(expectation);
            if (!holds)
                found.Add(finding);
        }
    }

    /// <summary>The message of Should -Not -Throw if there was an error, else null.</summary>
    public string? CheckNone(ErrorRecord? error) => error is null
        ? null
        : $"Expected no error,{Failure.Because(Because)} but got {error.Exception.GetType().Name} '{error}' ({error.FullyQualifiedErrorId}){Place(error)}.";

    private static string Place(ErrorRecord? error) => error?.InvocationInfo is { ScriptName: { Length: > 0 } script } place
        ? $" at {script}:{place.ScriptLineNumber}"
        : string.Empty;
}
