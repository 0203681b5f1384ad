using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;

namespace U2CMigration.Prediction.Traces.Synthetic;

/// <summary>Makes traces of synthetic workloads.</summary>
public static class SyntheticTrace
{
    /// <summary>The process that all pages belong to.</summary>
    public const int ProcessId = 1;

    /// <summary>The address of page 0; the others follow.</summary>
    public const ulong FirstAddress = 0x7f0000000000;

    private const string Family = "synthetic";

    /// <summary>Three workloads of 16,384 pages (64 MiB) that ask for different abilities: rates, phases, change.</summary>
    /// <param name="seed">Of everything random.</param>
    public static IReadOnlyList<ISyntheticWorkload> Standard(int seed) =>
    [
        new ZipfianWrites(16384, 8000, 0.99, seed),
        new JitteredSweep(16384, 1500, 500, seed),
        new MovingHotSet(16384, 2048, 0.05, 0.7, 0.01, seed),
    ];

    /// <summary>Runs a workload and records it.</summary>
    /// <param name="workload">Goes on by one sample less than recorded: in the first sample all pages are dirty, as in every trace.</param>
    /// <param name="samples">How many samples, the first included; at least 1.</param>
    /// <param name="interval">The time between them.</param>
    public static PageTrace Record(ISyntheticWorkload workload, int samples, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(workload);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        bool[] written = new bool[workload.Pages];
        Array.Fill(written, true);
        long faults = 0;
        var recorded = new TraceSample[samples];
        for (int i = 0; i < samples; i++)
        {
            if (i > 0)
            {
                workload.Advance(written);
            }

            PageSet dirty = Dirty(written);
            faults += dirty.PageCount;
            recorded[i] = new TraceSample(i == 0 ? TimeSpan.Zero : interval, dirty, null, new SystemSample { PageFaults = faults });
        }

        var header = new TraceHeader
        {
            Family = Family,
            Workload = workload.Name,
            Load = "medium",
            Interval = interval,
            RecordedAt = DateTimeOffset.UnixEpoch,
            Kernel = "none",
            Tracker = Family,
            KnownModel = workload.Law,
        };
        return new PageTrace(header, recorded);
    }

    private static PageSet Dirty(ReadOnlySpan<bool> written)
    {
        var dirty = new PageSet();
        dirty.Of(ProcessId);
        for (int page = 0; page < written.Length; page++)
        {
            if (written[page])
            {
                ulong address = FirstAddress + ((ulong)page << PageSize.Shift);
                dirty.Add(ProcessId, address, address + PageSize.Bytes);
            }
        }

        return dirty;
    }
}
