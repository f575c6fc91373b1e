using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace KafkaK8s.Tests.Unit.Engines;

/// <summary>Lets time go on, much faster than elsewhere, and on all clocks alike, until a task is done.</summary>
internal static class Passing
{
    // A clock that is not moved any more holds the task up for ever: on a slow machine the test has to fail, not to hang.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static async Task<T> PassAsync<T>(Task<T> task, TimeSpan step, params FakeTimeProvider[] clocks)
    {
        var limit = Stopwatch.StartNew();
        while (!task.IsCompleted)
        {
            Assert.True(limit.Elapsed < Limit, "it takes too long");
            await Task.WhenAny(task, Task.Delay(10));
            foreach (var clock in clocks)
                clock.Advance(step);
        }

        return await task;
    }
}
