using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using KafkaK8s.Core.Kafka;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Running;
using KafkaK8s.Core.Verification;

namespace KafkaK8s.Core.Operations;

/// <summary>A tool to run.</summary>
/// <param name="File">Its file, of <see cref="KafkaTools.FileOf"/>.</param>
/// <param name="Arguments">Its arguments, with the address.</param>
/// <param name="Input">What it reads from its standard input; null for nothing.</param>
/// <param name="Limit">Longest time.</param>
internal sealed record ToolRequest(string File, IReadOnlyList<string> Arguments, byte[]? Input, TimeSpan Limit);

/// <summary>Runs one of Kafka's own tools in a short-lived pod of the brokers' image.</summary>
internal static class RunTool
{
    /// <summary>Key of the exit code in <see cref="Exception.Data"/> of a failure.</summary>
    public const string ExitCode = "ExitCode";

    private const string Bin = "/opt/kafka/bin";
    private const int LastLines = 5;
    private const int CouldNotRun = 127; // of env and timeout, as of a shell
    private const int CutOff = 124; // of timeout
    private static readonly TimeSpan Spare = TimeSpan.FromMinutes(1);

    // An exec has no end of input. So the first bytes are cut off for the tool; its arguments are no part of the script.
    private const string Fed = "n=$1; shift; head -c \"$n\" | \"$@\"";

    /// <summary>Runs it: each line of its output is a <see cref="Completed{T}"/> as it comes, one of its error output a warning.</summary>
    /// <exception cref="ClusterException"><c>KafkaToolFailed</c>, <c>KafkaToolNotFound</c>, <c>ExecTimeout</c>,
    /// <c>ConsolePodFailed</c>.</exception>
    public static IAsyncEnumerable<OperationEvent> RunAsync(
        KubeConnection connection, BrokerSetView brokers, ToolRequest request, CancellationToken cancel) =>
        // A tool that says more than the pipeline takes has to wait.
        Worker.RunAsync((events, stop) => WorkAsync(connection, brokers, request, events, stop),
            Channel.CreateBounded<OperationEvent>(new BoundedChannelOptions(1024) { SingleReader = true }), cancel);

    private static async Task WorkAsync(KubeConnection connection, BrokerSetView brokers, ToolRequest request,
        ChannelWriter<OperationEvent> events, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(request.Limit);
        var pod = await ConsolePod.StartAsync(connection, brokers, request.Limit + Spare,
            state => events.TryWrite(new Waiting("Pod", $"waiting for the pod of {request.File}: {state}")), limit.Token)
            .ConfigureAwait(false);
        try
        {
            await InAsync(pod, brokers, request, events, cancel).ConfigureAwait(false);
        }
        finally
        {
            await pod.DisposeAsync().ConfigureAwait(false);
            if (pod.RemovalFailure is not null)
                events.TryWrite(new Warned(pod.RemovalFailure));
        }
    }

    private static async Task InAsync(ConsolePod pod, BrokerSetView brokers, ToolRequest request, ChannelWriter<OperationEvent> events,
        CancellationToken cancel)
    {
        var last = new Queue<string>();
        var output = new LineCutter(line => Tell(line, isError: false));
        var error = new LineCutter(line => Tell(line, isError: true));
        string[] command = [$"{Bin}/{request.File}", .. request.Arguments];
        if (request.Input is { } input)
            command = ["bash", "-c", Fed, "bash", input.Length.ToString(CultureInfo.InvariantCulture), .. command];
        ExecResult result;
        try
        {
            result = await pod.RunAsync(command, request.Limit, b => output.Add(b.Span), b => error.Add(b.Span),
                request.Input is { } bytes ? [bytes.AsMemory()] : null, cancel).ConfigureAwait(false);
        }
        catch (ClusterException e) when (e.Id == "ExecTimeout")
        {
            throw TooLong(request, e.InnerException); // the message of the other has arguments in it
        }
        catch (ClusterException e) when (e.Id == "ExecFailed" && e.InnerException is WebSocketException)
        {
            throw new ClusterException("ExecFailed", e.Kind, request.File,
                $"The connection to the pod of {request.File} broke: {e.GetBaseException().Message}. What it did until then stays done.",
                e.InnerException);
        }

        output.End();
        error.End();
        if (result.ExitCode == 0)
            return;
        if (result.ExitCode == CutOff)
            throw TooLong(request, null);
        if (result.ExitCode == CouldNotRun)
        {
            var files = (await pod.CaptureAsync($"cd {Bin} && ls -- *.sh", TimeSpan.FromSeconds(10), cancel)
                .ConfigureAwait(false)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (!files.Contains(request.File))
            {
                throw new ClusterException("KafkaToolNotFound", FailureKind.NotFound, request.File,
                    $"The image {brokers.Image} has no "
                        + $"{request.File}{(files.Length == 0 ? $": it has no tools in {Bin}."
                            : $". It has: {string.Join(", ", files)}.")}");
            }
        }

        string said = last.Count > 0 ? string.Join('\n', last) : result.Failure ?? "it said nothing";
        string how = result.ExitCode is int code ? $"ended with exit code {code}" : "did not come to its end";
        throw new ClusterException("KafkaToolFailed", FailureKind.Stalled, request.File,
            $"{request.File} {how}: {said}")
        { Data = { [ExitCode] = result.ExitCode } };

        void Tell(ReadOnlySpan<byte> line, bool isError)
        {
            string text = Encoding.UTF8.GetString(line).TrimEnd('\r');
            bool isFrame = text.StartsWith("\tat ", StringComparison.Ordinal) || text.StartsWith("\t... ", StringComparison.Ordinal);
            if (!isFrame && text.Length > 0)
                last.Enqueue(text);
            if (last.Count > LastLines)
                last.Dequeue();
            OperationEvent e = !isError ? new Completed<string>(text) : isFrame || text.Length == 0 ? new Note(text) : new Warned(text);
            if (!events.TryWrite(e))
                events.WriteAsync(e, cancel).AsTask().GetAwaiter().GetResult();
        }
    }

    private static ClusterException TooLong(ToolRequest request, Exception? inner) => new("ExecTimeout", FailureKind.Timeout, request.File,
        $"{request.File} did not end within {request.Limit.TotalSeconds:0} s, and was ended. What it did until then stays done; give it "
            + $"longer with -TimeoutSeconds.", inner);
}
