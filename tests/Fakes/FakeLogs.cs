using System.Globalization;

namespace KafkaK8s.Tests.Fakes;

/// <summary>
/// The logs of pods as the API of Kubernetes gives them (PodLogOptions of core/v1): with timestamps, sinceSeconds, sinceTime (which counts
/// whole seconds), tailLines, previous and follow. A log that is followed ends with its pod, or with a restart of its container.
/// </summary>
public sealed class FakeLogs(FakeStore store)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(5);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Uid, int Life), List<(DateTimeOffset Time, string Text)>> lines = [];
    private readonly Dictionary<string, int> lives = [];

    /// <summary>Whether anybody wrote anything.</summary>
    internal bool Any
    {
        get
        {
            lock (gate)
                return lines.Count > 0;
        }
    }

    /// <summary>What a container writes; each line is one of the log's.</summary>
    public void Write(string ns, string pod, DateTimeOffset time, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string uid = Uid(ns, pod) ?? throw new InvalidOperationException($"There is no pod {pod}.");
        lock (gate)
            Of(uid, lives.GetValueOrDefault(uid)).AddRange(text.Split('\n').Select(l => (time, l)));
    }

    /// <summary>A container ends and starts again.</summary>
    public void Restart(string ns, string pod)
    {
        string uid = Uid(ns, pod)!;
        lock (gate)
            lives[uid] = lives.GetValueOrDefault(uid) + 1;
    }

    internal async Task ServeAsync(FakePath path, FakeRequest request, FakeResponse to)
    {
        string? uid = Uid(path.Namespace!, path.Name!);
        if (uid is null)
        {
            await to.RefuseAsync(404, $"pods \"{path.Name}\" not found");
            return;
        }

        int life;
        lock (gate)
            life = lives.GetValueOrDefault(uid) - (request.Parameter("previous") == "true" ? 1 : 0);
        if (life < 0)
        {
            await to.RefuseAsync(400,
                $"previous terminated container \"{request.Parameter("container")}\" in pod \"{path.Name}\" not found");
            return;
        }

        var since = request.Parameter("sinceTime") is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture)
            : request.Parameter("sinceSeconds") is { } seconds
                ? DateTimeOffset.UtcNow.AddSeconds(-int.Parse(seconds, CultureInfo.InvariantCulture)) : DateTimeOffset.MinValue;
        int sent = 0;
        await to.PieceAsync("");
        for (bool first = true; ; first = false)
        {
            List<(DateTimeOffset Time, string Text)> all;
            bool ended;
            lock (gate)
            {
                all = [.. Of(uid, life).Skip(sent)];
                ended = Uid(path.Namespace!, path.Name!) != uid || lives.GetValueOrDefault(uid) != life;
            }

            sent += all.Count;
            var wanted = all.Where(l => l.Time >= since).ToList();
            if (first && request.Parameter("tailLines") is { } tail)
                wanted = [.. wanted.TakeLast(int.Parse(tail, CultureInfo.InvariantCulture))];
            if (wanted.Count > 0)
                await to.PieceAsync(string.Concat(
                    wanted.Select(
                        l =>
                        $"{(request.Parameter("timestamps") == "true" ? $"{l.Time.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffff}00Z " : "")}{l.Text}\n")));
            if (ended || request.Parameter("follow") != "true")
                return;
            await Task.Delay(Beat, to.Gone);
        }
    }

    private List<(DateTimeOffset Time, string Text)> Of(string uid, int life)
    {
        if (!lines.TryGetValue((uid, life), out var own))
            lines.Add((uid, life), own = []);
        return own;
    }

    private string? Uid(string ns, string pod) => (string?)store.Find("v1", "pods", ns, pod)?["metadata"]!["uid"];
}
