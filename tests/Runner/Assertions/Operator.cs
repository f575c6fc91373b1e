namespace KafkaK8s.Tests.Runner.Assertions;

/// <summary>One assertion: a test of a value and the words for it.</summary>
/// <param name="Test">Whether an actual value holds against the expected one.</param>
/// <param name="Phrase">What was expected, as it follows "Expected".</param>
internal sealed record Operator(Func<object?, object?, bool> Test, Func<object?, string> Phrase)
{
    /// <summary>True if the operator looks at all piped objects together, false if at each by itself.</summary>
    public bool TakesAll { get; init; }

    /// <summary>What there was, as it follows "but got".</summary>
    public Func<object?, string> Got { get; init; } = Nicely.Format;

    /// <summary>The message if the assertion does not hold, else null.</summary>
    public string? Check(object? actual, object? expected, bool not, string? because)
    {
        if (Test(actual, expected) != not)
            return null;
        return $"Expected {(not ? "not " : string.Empty)}{Phrase(expected)},{Failure.Because(because)} but got {Got(actual)}.";
    }
}
