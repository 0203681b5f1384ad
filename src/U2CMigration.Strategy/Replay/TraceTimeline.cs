using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Strategy.Replay;

/// <summary>A recorded trace as a workload without end: behind its last sample it begins again with its second one.</summary>
/// <remarks>
/// Samples are cut into ticks; <see cref="WriteModel"/> says in which of them a page was written. All writes of a tick are at its end. Larger containers are made of
/// copies of the trace, as if more processes did the same at their own moments.
/// </remarks>
public sealed class TraceTimeline : IReplayedWorkload
{
    /// <summary>The length of a tick, about: 10 ms.</summary>
    public static readonly TimeSpan TickLength = TimeSpan.FromMilliseconds(10);

    private const int ProcessesPerCopy = 1 << 22;

    private readonly PageNumbers _numbers;
    private readonly PageTrace _trace;
    private readonly TimeSpan[] _ends;
    private readonly int[][] _ticks;
    private readonly int[] _sampleOfTick;
    private readonly long _offset;

    /// <summary>Makes a workload of a trace.</summary>
    /// <param name="trace">The trace; at least two samples.</param>
    /// <param name="copies">How often the trace is repeated to make a larger container.</param>
    /// <param name="start">How far into the trace the migration begins.</param>
    /// <param name="seed">Of the moments of writes within samples.</param>
    /// <exception cref="ArgumentException">The trace has less than two samples, or they take no time.</exception>
    public TraceTimeline(PageTrace trace, int copies = 1, TimeSpan start = default, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentOutOfRangeException.ThrowIfLessThan(copies, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(start, TimeSpan.Zero);
        _trace = trace;
        Copies = copies;
        PageSet known = trace.Samples.Aggregate(new PageSet(), static (all, sample) => Union(all, sample.Dirty));
        _numbers = new PageNumbers(known);
        var builder = new TickBuilder(trace, _numbers, copies, seed);
        (_ends, _ticks, _sampleOfTick) = (builder.Ends, builder.Ticks, builder.SampleOfTick);
        Length = _ends.Length > 0 ? _ends[^1] : throw new ArgumentException("The trace needs at least two samples, and time between them.", nameof(trace));
        _offset = FirstTickBehind(start);
        Resident = ResidentAt(start);
    }

    /// <summary>How often the trace is repeated.</summary>
    public int Copies { get; }

    /// <summary>The length of the trace.</summary>
    public TimeSpan Length { get; }

    /// <inheritdoc/>
    public PageSet Resident { get; }

    /// <summary>One more than the largest number of a page.</summary>
    internal int PageLimit => _numbers.Count * Copies;

    /// <inheritdoc/>
    public void Collect(TimeSpan from, TimeSpan until, PageSet written)
    {
        ArgumentNullException.ThrowIfNull(written);
        var bits = new ulong[Copies][];
        long last = TickBehind(until);
        for (long tick = TickBehind(from); tick < last; tick++)
        {
            Mark(PagesOf(tick), bits);
        }

        AddTo(bits, written);
    }

    /// <inheritdoc/>
    public SystemSample SystemAt(TimeSpan at)
    {
        long tick = _offset + TickBehind(at) - 1;
        return _trace.Samples[tick < 0 ? 0 : _sampleOfTick[tick % _ticks.Length]].System;
    }

    /// <summary>The numbers of the pages written in a tick of the migration.</summary>
    internal ReadOnlySpan<int> PagesOf(long tick) => _ticks[(_offset + tick) % _ticks.Length];

    /// <summary>When a tick of the migration ends.</summary>
    internal TimeSpan EndOf(long tick) => EndInTrace(_offset + tick) - (_offset == 0 ? TimeSpan.Zero : EndInTrace(_offset - 1));

    /// <summary>The numbers of the resident pages when the migration begins.</summary>
    internal IEnumerable<int> ResidentNumbers
    {
        get
        {
            foreach (ProcessPages process in Resident.Processes)
            {
                int copy = process.ProcessId / ProcessesPerCopy;
                var one = new PageSet();
                foreach (PageRange range in process.Ranges.ToArray())
                {
                    one.Add(process.ProcessId % ProcessesPerCopy, range.Start, range.End);
                }

                foreach (int page in _numbers.Of(one))
                {
                    yield return (copy * _numbers.Count) + page;
                }
            }
        }
    }

    private TimeSpan EndInTrace(long tick) => (Length * (tick / _ends.Length)) + _ends[tick % _ends.Length];

    /// <summary>The number of ticks of the migration that end up to a moment.</summary>
    private long TickBehind(TimeSpan at)
    {
        TimeSpan inTrace = at + (_offset == 0 ? TimeSpan.Zero : EndInTrace(_offset - 1));
        return FirstTickBehind(inTrace) - _offset;
    }

    private long FirstTickBehind(TimeSpan inTrace)
    {
        long laps = inTrace.Ticks / Length.Ticks;
        int index = Array.BinarySearch(_ends, inTrace - (Length * laps));
        return (laps * _ends.Length) + (index >= 0 ? index + 1 : ~index);
    }

    private PageSet ResidentAt(TimeSpan start)
    {
        var bits = new ulong[Copies][];
        for (int copy = 0; copy < Copies; copy++)
        {
            bits[copy] = new ulong[(_numbers.Count + 63) / 64];
            foreach (int page in _numbers.Of(_trace.Samples[0].Dirty))
            {
                bits[copy][page >> 6] |= 1UL << (page & 63);
            }
        }

        for (long tick = 0; tick < Math.Min(FirstTickBehind(start), _ticks.Length); tick++)
        {
            Mark(_ticks[tick], bits);
        }

        var resident = new PageSet();
        AddTo(bits, resident);
        return resident;
    }

    private void Mark(ReadOnlySpan<int> pages, ulong[][] bits)
    {
        foreach (int number in pages)
        {
            (int copy, int page) = Math.DivRem(number, _numbers.Count);
            (bits[copy] ??= new ulong[(_numbers.Count + 63) / 64])[page >> 6] |= 1UL << (page & 63);
        }
    }

    private void AddTo(ulong[][] bits, PageSet pages)
    {
        for (int copy = 0; copy < Copies; copy++)
        {
            if (bits[copy] is { } words)
            {
                _numbers.AddTo(words, pages, copy * ProcessesPerCopy);
            }
        }
    }

    private static PageSet Union(PageSet first, PageSet second)
    {
        var union = new PageSet();
        first.UnionTo(second, union);
        return union;
    }
}
