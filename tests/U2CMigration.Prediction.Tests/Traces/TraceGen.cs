using CsCheck;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Prediction.Tests.Traces;

/// <summary>Any trace, and a comparison of two.</summary>
internal static class TraceGen
{
    private static readonly Gen<TraceHeader> Header = Gen.Select(Gen.String, Gen.String, Gen.String, Gen.String, Gen.Long[0, long.MaxValue], Gen.DateTimeOffset).Select(
        static (family, description, command, model, ticks, at) => new TraceHeader
        {
            Family = family,
            Workload = "w\u00e9",
            Load = "medium",
            Interval = new TimeSpan(ticks),
            RecordedAt = at,
            Kernel = "6.18",
            Tracker = "write-protect",
            Description = description,
            Command = command,
            KnownModel = model.Length == 0 ? null : model,
        });

    private static readonly Gen<SystemSample> System = Gen.Long.Array[9].Select(static n => new SystemSample
    {
        PageFaults = n[0],
        PagesIn = n[1],
        PagesOut = n[2],
        ContextSwitches = n[3],
        SoftInterrupts = n[4],
        FreeMemoryBytes = n[5],
        BytesWritten = n[6],
        CpuPressureMicroseconds = n[7],
        RunnableTasks = n[8],
    });

    /// <summary>Ascending runs, some adjacent; gaps are small or huge.</summary>
    private static readonly Gen<PageSet> Pages = Gen.Select(
        Gen.Int[0, int.MaxValue],
        Gen.Select(Gen.OneOf(Gen.ULong[0, 3], Gen.ULong[0, 1UL << 40]), Gen.OneOf(Gen.ULong[1, 3], Gen.ULong[1, 1UL << 40])).Array[0, 12])
        .Array[0, 4].Select(static processes =>
        {
            var pages = new PageSet();
            foreach ((int processId, (ulong Gap, ulong Length)[] runs) in processes.DistinctBy(static p => p.Item1))
            {
                pages.Of(processId);
                ulong at = 0;
                foreach ((ulong gap, ulong length) in runs)
                {
                    pages.Add(processId, (at + gap) << PageSize.Shift, (at + gap + length) << PageSize.Shift);
                    at += gap + length;
                }
            }

            return pages;
        });

    internal static readonly Gen<PageTrace> Trace = Gen.Select(
        Header,
        Gen.Select(Gen.Long[0, long.MaxValue], Pages, Pages, Gen.Bool, System).Select(
            static (ticks, dirty, accessed, tells, system) => new TraceSample(new TimeSpan(ticks), dirty, tells ? accessed : null, system)).Array[0, 10])
        .Select(static (header, samples) => new PageTrace(header, samples));

    /// <summary>A trace of one process: 64 pages, of which some are written in each sample.</summary>
    internal static PageTrace Known()
    {
        var random = new Random(1);
        var samples = new List<TraceSample>();
        for (int i = 0; i < 5; i++)
        {
            var dirty = new PageSet();
            for (ulong page = 0; page < 64; page++)
            {
                if (i == 0 || random.Next(3) == 0)
                {
                    dirty.Add(4711, 0x7f0000000000 + (page << PageSize.Shift), 0x7f0000000000 + ((page + 1) << PageSize.Shift));
                }
            }

            samples.Add(new TraceSample(TimeSpan.FromMilliseconds(250 * Math.Min(i, 1)), dirty, null, new SystemSample { PageFaults = i * 1000 }));
        }

        var header = new TraceHeader
        {
            Family = "known",
            Workload = "one in three",
            Load = "light",
            Interval = TimeSpan.FromMilliseconds(250),
            RecordedAt = DateTimeOffset.UnixEpoch,
            Kernel = "none",
            Tracker = "synthetic",
        };
        return new PageTrace(header, samples);
    }

    internal static byte[] Write(PageTrace trace)
    {
        using var stream = new MemoryStream();
        TraceWriter.Write(trace, stream);
        return stream.ToArray();
    }

    internal static bool AreEqual(PageTrace a, PageTrace b) =>
        a.Header == b.Header && a.Samples.Count == b.Samples.Count && a.Samples.Zip(b.Samples).All(static pair => AreEqual(pair.First, pair.Second));

    private static bool AreEqual(TraceSample a, TraceSample b) =>
        a.Interval == b.Interval && a.System == b.System && AreEqual(a.Dirty, b.Dirty) && AreEqual(a.Accessed, b.Accessed);

    private static bool AreEqual(PageSet? a, PageSet? b) => a is null || b is null
        ? a is null && b is null
        : a.Processes.Count == b.Processes.Count && a.Processes.Zip(b.Processes).All(static pair =>
            pair.First.ProcessId == pair.Second.ProcessId && pair.First.Ranges.SequenceEqual(pair.Second.Ranges));
}
