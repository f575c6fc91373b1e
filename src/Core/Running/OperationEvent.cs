namespace KafkaK8s.Core.Running;

/// <summary>What a running operation has to say. Operations yield these; only a cmdlet decides how each one looks.</summary>
public abstract record OperationEvent;

/// <summary>A step was carried out: something was made, changed, deleted, or left as it was.</summary>
/// <param name="Step">The step.</param>
public sealed record Applied(PlanStep Step) : OperationEvent;

/// <summary>A detail for the curious.</summary>
/// <param name="Text">One line.</param>
public sealed record Note(string Text) : OperationEvent;

/// <summary>The operation waits for something.</summary>
/// <param name="Phase">Phase of the operation.</param>
/// <param name="Text">What it waits for, with how far it is.</param>
/// <param name="Percent">0 to 100, or -1 when it cannot be told.</param>
public sealed record Waiting(string Phase, string Text, int Percent = -1) : OperationEvent;

/// <summary>Something to know that stops nothing: unwise but legal, or a pod that is stuck.</summary>
/// <param name="Text">What was seen, in the server's or the container's own words where there are any.</param>
public sealed record Warned(string Text) : OperationEvent;

/// <summary>A part of the operation failed; the others go on.</summary>
/// <param name="Failure">Why.</param>
public sealed record Failed(ClusterException Failure) : OperationEvent;

/// <summary>The operation is done.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
/// <param name="Result">The result.</param>
public sealed record Completed<T>(T Result) : OperationEvent;
