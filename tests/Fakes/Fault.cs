namespace KafkaK8s.Tests.Fakes;

/// <summary>What goes wrong with a request.</summary>
public sealed record Fault
{
    /// <summary>The connection is cut before the server does anything.</summary>
    public static readonly Fault Cut = new();

    /// <summary>The server does what was asked for, and the connection is cut before its answer.</summary>
    public static readonly Fault AnswerLost = new() { IsDone = true };

    /// <summary>No answer ever comes; nothing is done.</summary>
    public static readonly Fault Silence = new() { Answer = FakeAnswer.Never };

    /// <summary>Somebody else changed the object meanwhile.</summary>
    public static readonly Fault Conflict = Refusal(409, "Conflict",
        "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>The server has too much to do, and asks to come again at once.</summary>
    public static readonly Fault TooMany =
        Refusal(429, "TooManyRequests", "the server has received too many requests") with { RetryAfter = 0 };

    /// <summary>The server fails.</summary>
    public static readonly Fault Error = Refusal(500, "InternalError", "etcdserver: request timed out");

    internal FakeAnswer? Answer { get; init; }

    internal bool IsDone { get; init; }

    internal int? RetryAfter { get; init; }

    /// <summary>An answer with a Status object.</summary>
    public static Fault Refusal(int code, string reason, string message) => new() { Answer = FakeAnswer.Status(code, reason, message) };

    internal FakeAnswer? Told => RetryAfter is int seconds ? Answer! with { Headers = $"Retry-After: {seconds}\r\n" } : Answer;
}

/// <summary>The requests that go wrong. Rules are asked in their order, each for each request.</summary>
public sealed class Faults
{
    private readonly Lock gate = new();
    private readonly List<Rule> rules = [];

    /// <summary>Lets requests go wrong.</summary>
    /// <param name="fault">How.</param>
    /// <param name="when">Which requests; null for all.</param>
    /// <param name="skip">How many of these pass first.</param>
    /// <param name="times">How many go wrong then.</param>
    public void Add(Fault fault, Func<FakeRequest, bool>? when = null, int skip = 0, int times = 1)
    {
        lock (gate)
            rules.Add(new Rule(fault, when ?? (_ => true), skip, times));
    }

    /// <summary>Requests that <see cref="Every"/> leaves alone. A claim on the cluster that could not be given back runs out after 20 s of
    /// real time.</summary>
    public Func<FakeRequest, bool> Spared { get; set; } = r =>
        r.Method == "PATCH" && r.Body.Contains("kafkak8s.io/ensemble-change", StringComparison.Ordinal);

    /// <summary>Lets one of so many requests go wrong, each time in the next of some ways; of a way that does not fit the request nothing
    /// comes.</summary>
    /// <param name="period">Of how many requests one goes wrong, watches left out.</param>
    /// <param name="phase">Which of them.</param>
    /// <param name="faults">The ways, in turn. A conflict fits patches only.</param>
    public void Every(int period, int phase, params Fault[] faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        int seen = -1;
        for (int i = 0; i < faults.Length; i++)
        {
            int mine = i;
            bool counts = i == 0; // rules are asked in their order
            Add(faults[i], r =>
            {
                if (r.IsWatch || Spared(r))
                    return false;
                int number = counts ? ++seen : seen;
                return number % period == phase && number / period % faults.Length == mine
                    && (faults[mine] != Fault.Conflict || r.Method == "PATCH");
            }, times: int.MaxValue);
        }
    }

    /// <summary>Lets some requests go wrong, with as many others between two of them, and then no more; watches are left out.</summary>
    /// <param name="fault">How.</param>
    /// <param name="times">How many.</param>
    /// <param name="first">How many pass before the first.</param>
    /// <param name="between">How many pass between two.</param>
    public void Some(Fault fault, int times, int first, int between)
    {
        int seen = -1;
        Add(fault, r => !r.IsWatch && !Spared(r) && ++seen >= first && (seen - first) % (between + 1) == 0, times: times);
    }

    /// <summary>From now on all is well.</summary>
    public void Clear()
    {
        lock (gate)
            rules.Clear();
    }

    /// <summary>How many requests went wrong.</summary>
    public int Count { get; private set; }

    internal Fault? Of(FakeRequest request)
    {
        lock (gate)
        {
            foreach (var rule in rules.Where(r => r.When(request)))
            {
                if (rule.Skip-- > 0 || rule.Times <= 0)
                    continue;
                rule.Times--;
                Count++;
                return rule.Fault;
            }

            return null;
        }
    }

    private sealed class Rule(Fault fault, Func<FakeRequest, bool> when, int skip, int times)
    {
        public Fault Fault => fault;

        public Func<FakeRequest, bool> When => when;

        public int Skip { get; set; } = skip;

        public int Times { get; set; } = times;
    }
}
