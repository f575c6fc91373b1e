using System.Management.Automation;

namespace KafkaK8s.Tests.Host;

/// <summary>What one pipeline gave.</summary>
public sealed record EngineResult
{
    /// <summary>The output objects.</summary>
    public required IReadOnlyList<PSObject> Output { get; init; }

    /// <summary>Non-terminating errors, and the terminating one last if there was one.</summary>
    public required IReadOnlyList<ErrorRecord> Errors { get; init; }

    /// <summary>Warnings.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Verbose messages.</summary>
    public required IReadOnlyList<string> Verbose { get; init; }

    /// <summary>Debug messages.</summary>
    public required IReadOnlyList<string> Debug { get; init; }

    /// <summary>Information records, Write-Host included.</summary>
    public required IReadOnlyList<InformationRecord> Information { get; init; }

    /// <summary>Progress records, completed ones included.</summary>
    public required IReadOnlyList<ProgressRecord> Progress { get; init; }

    /// <summary>The error that ended the pipeline; null when it ran to its end or was stopped.</summary>
    public required ErrorRecord? TerminatingError { get; init; }

    /// <summary>How the pipeline ended: Completed, Failed, or Stopped after Ctrl+C.</summary>
    public required PSInvocationState State { get; init; }

    /// <summary>Wall time.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>True if anything at all went wrong.</summary>
    public bool HadErrors => Errors.Count > 0;

    /// <summary>The output as one type, for the usual case that all objects are of it.</summary>
    /// <typeparam name="T">The type of the objects.</typeparam>
    public IReadOnlyList<T> As<T>() => [.. Output.Select(item => (T)item.BaseObject)];

    /// <summary>This result, or an exception naming its first error: for the steps of a test that must not fail.</summary>
    /// <exception cref="InvalidOperationException">There was an error.</exception>
    public EngineResult EnsureSuccess() => HadErrors
        ? throw new InvalidOperationException($"{Errors[0].FullyQualifiedErrorId}: {Errors[0]}", Errors[0].Exception)
        : this;
}
