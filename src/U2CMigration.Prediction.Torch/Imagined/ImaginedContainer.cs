using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Prediction.Torch.Imagined;

/// <summary>
/// Containers that nobody runs, of a few regions with rules and parameters drawn at random. Recorded workloads are few; with these a model learns to find out how
/// the pages before it behave, rather than how the recorded ones did.
/// </summary>
internal static class ImaginedContainer
{
    private const ulong Base = 0x7000_0000_0000;
    private const int Pages = 4096;
    private const int Samples = 72;

    /// <summary>The samples of a container.</summary>
    public static IEnumerable<TraceSample> Observe(int seed)
    {
        Random random = new(seed);
        ImaginedRegion[] regions = [.. Enumerable.Range(0, 1 << random.Next(3))
            .Select(_ => ImaginedRegion.Any(random, Pages / 4))];
        TimeSpan interval = TimeSpan.FromMilliseconds(random.Next(3) switch { 0 => 100, 1 => 250, _ => 1000 });
        SystemSample system = default;
        for (int sample = 0; sample < Samples; sample++)
        {
            PageSet dirty = new();
            for (int region = 0; region < regions.Length; region++)
            {
                regions[region].Next();
                Write(regions[region], Base + ((ulong)(region * (Pages / 4)) << PageSize.Shift), all: sample == 0, dirty);
            }

            system = After(system, dirty.PageCount, random);
            yield return new TraceSample(interval, dirty, null, system);
        }
    }

    private static void Write(ImaginedRegion region, ulong start, bool all, PageSet dirty)
    {
        for (int page = 0; page < region.Pages; page++)
        {
            if (all || region.IsWritten(page))
            {
                dirty.Add(1, start + ((ulong)page << PageSize.Shift), start + ((ulong)(page + 1) << PageSize.Shift));
            }
        }
    }

    // Faults follow the writes, the rest of the system does something else.
    private static SystemSample After(SystemSample before, long written, Random random) => before with
    {
        PageFaults = before.PageFaults + written + random.Next(100),
        ContextSwitches = before.ContextSwitches + random.Next(1000),
        SoftInterrupts = before.SoftInterrupts + random.Next(1000),
        FreeMemoryBytes = random.Next(1 << 30),
        BytesWritten = before.BytesWritten + random.Next(1 << 20),
        RunnableTasks = random.Next(4),
    };
}
