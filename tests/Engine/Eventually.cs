using System.Diagnostics;

namespace KafkaK8s.Tests.Engine;

/// <summary>Waits for what another thread brings about.</summary>
public static class Eventually
{
    public static void Holds(Func<bool> condition, string otherwise, double seconds = 5)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds)
                Assert.Fail($"After {seconds} s: {otherwise}.");
            Thread.Sleep(10);
        }
    }
}
