namespace KafkaK8s.Tests.Runner;

/// <summary>The numbers at the end of a run.</summary>
public sealed record RunSummary
{
    /// <summary>Tests that passed.</summary>
    public int Passed { get; internal set; }

    /// <summary>Tests that failed, plus files that could not be read and blocks whose AfterAll failed.</summary>
    public int Failed { get; internal set; }

    /// <summary>Tests left out by -Skip or Set-ItResult. Tests that a filter leaves out are not counted.</summary>
    public int Skipped { get; internal set; }

    /// <summary>True only if something ran and nothing failed.</summary>
    public bool Succeeded => Passed > 0 && Failed == 0;

    /// <summary>The closing line of the report.</summary>
    public override string ToString() =>
        $"{Passed} passed, {Failed} failed" + (Skipped > 0 ? $", {Skipped} skipped" : string.Empty);
}
