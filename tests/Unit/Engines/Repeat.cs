using System.Text.Json.Nodes;
using KafkaK8s.Core;
using KafkaK8s.Core.Kubernetes;
using KafkaK8s.Core.Model;
using KafkaK8s.Tests.Fakes;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Gives a command again and again, as a user does to whom it said what went wrong.</summary>
internal static class Repeat
{
    /// <summary>Until it says that it is done.</summary>
    public static Task UntilDoneAsync(FakeCluster cluster, Func<Task> command)
    {
        bool done = false;
        return UntilAsync(cluster, () => done, async () =>
        {
            await command();
            done = true;
        });
    }

    public static async Task UntilAsync(FakeCluster cluster, Func<bool> done, Func<Task> command)
    {
        string said = "";
        for (int runs = 0; !done(); runs++)
        {
            Assert.True(runs < 20, $"it never arrives: {said}");
            try
            {
                await command();
            }
            catch (ClusterException e)
            {
                said += $"\n{e.Id}: {e.Message}";
                if (e.Id == "EnsembleBusy")
                    RunOut(cluster);
            }
        }
    }

    // A claim that could not be given back runs out after 20 s: nobody has that long here.
    private static void RunOut(FakeCluster cluster) =>
        cluster.Server.Store.Change("apps/v1", "statefulsets", cluster.Namespace, cluster.ZooKeeperSet, set =>
    {
        if (set.Annotation(ClusterNames.ChangeAnnotation) is not { } text)
            return;
        var claim = JsonNode.Parse(text)!.AsObject();
        claim.Remove("holder");
        claim.Remove("id");
        set["metadata"]!["annotations"]![ClusterNames.ChangeAnnotation] = claim.ToJsonString();
    });
}
