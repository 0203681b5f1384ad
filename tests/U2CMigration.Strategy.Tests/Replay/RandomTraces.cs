using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Strategy.Tests.Replay;

/// <summary>Small traces: written down, or random with pages of very different rates and pages that appear later.</summary>
internal static class RandomTraces
{
    public static PageTrace Random(int seed, int pages = 400, int samples = 20)
    {
        var random = new Random(seed);
        double[] rates = [.. Enumerable.Range(0, pages).Select(_ => Math.Pow(random.NextDouble(), 4))];
        bool[] late = [.. Enumerable.Range(0, pages).Select(_ => random.NextDouble() < 0.1)];
        return Of(
            TimeSpan.FromMilliseconds(random.Next(20, 400)),
            [.. Enumerable.Range(0, pages).Where(page => !late[page])],
            [.. Enumerable.Range(1, samples).Select(_ => Enumerable.Range(0, pages).Where(page => random.NextDouble() < rates[page]).ToArray())]);
    }

    /// <summary>A trace with given pages resident and written.</summary>
    public static PageTrace Of(TimeSpan interval, int[] resident, params int[][] written) => new(
        new TraceHeader
        {
            Family = "test",
            Workload = "test",
            Load = "medium",
            Interval = interval,
            RecordedAt = DateTimeOffset.UnixEpoch,
            Kernel = "none",
            Tracker = "synthetic",
        },
        [new TraceSample(TimeSpan.Zero, Set(resident), null, default), .. written.Select(pages => new TraceSample(interval, Set(pages), null, default))]);

    /// <summary>Single pages, ascending.</summary>
    public static PageSet Set(params int[] pages)
    {
        var set = new PageSet();
        set.Of(Observations.ProcessId);
        foreach (int page in pages)
        {
            ulong address = Observations.Start + ((ulong)page << PageSize.Shift);
            set.Add(Observations.ProcessId, address, address + PageSize.Bytes);
        }

        return set;
    }
}
