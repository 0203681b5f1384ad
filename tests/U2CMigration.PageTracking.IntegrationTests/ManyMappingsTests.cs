using System.Diagnostics;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Tens of thousands of mappings cost in proportion, also on kernels where one mapping cannot be asked for.</summary>
public sealed class ManyMappingsTests
{
    private const int Few = 6_000;
    private const int Many = 48_000;

    public ManyMappingsTests() => TrackingNeeds.WriteProtect();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Collect_EightTimesTheMappings_TakesAboutEightTimesAsLong(bool procmapQuery)
    {
        KernelFeatures features = KernelFeatures.Probe() with { ProcmapQuery = procmapQuery };
        (TimeSpan few, TimeSpan fewAgain) = Measure(Few, features);
        (TimeSpan many, TimeSpan manyAgain) = Measure(Many, features);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Few}: {few.TotalMilliseconds:F0} and {fewAgain.TotalMilliseconds:F0} ms, {Many}: {many.TotalMilliseconds:F0} and {manyAgain.TotalMilliseconds:F0} ms");

        (many / few).Should().BeLessThan(24, "the first look, which registers, is linear");
        (manyAgain / fewAgain).Should().BeLessThan(24, "every other look is linear");
    }

    /// <returns>The first look, and the fastest of three after it.</returns>
    private static (TimeSpan First, TimeSpan Again) Measure(int mappings, KernelFeatures features)
    {
        using MemoryWriter writer = new();
        MemoryBlock block = writer.Map(mappings);
        block.WriteAll();
        writer.Do($"split {block.Address:x} {block.Pages}");
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId, features, null);
        long start = Stopwatch.GetTimestamp();
        tracker.Collect().Count(block).Should().Be(mappings);
        TimeSpan first = Stopwatch.GetElapsedTime(start);
        TimeSpan again = TimeSpan.MaxValue;
        for (int look = 0; look < 3; look++)
        {
            start = Stopwatch.GetTimestamp();
            tracker.Collect().Count(block).Should().Be(0);
            again = TimeSpan.FromTicks(Math.Min(again.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }

        block.Part(1, 1).WriteAll();
        tracker.Collect().Count(block).Should().Be(1);
        return (first, again);
    }
}
