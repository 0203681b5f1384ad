using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Prediction.Histories;

/// <summary>
/// What every page of a process tree did in the last <see cref="Depth"/> samples: a bit for written and, where the tracker delivers it, a bit for accessed.
/// </summary>
/// <remarks>
/// Pages are kept in chunks of <see cref="ChunkPages"/> pages (2 MiB of address space, aligned), numbered from 1; chunk 0 stands for all pages that were never seen.
/// A chunk belongs to an address of a process, so mappings may come, go and move. The bits of one sample of a chunk are <see cref="ChunkWords"/> words, so
/// that operations on all pages run on machine words. 17 bytes a page with accessed bits, 9 without; what a sample costs does not depend on its age.
/// The owner calls <see cref="Observe(TraceSample)"/> once a sample. Not safe for concurrent use; concurrent reading between two samples is.
/// </remarks>
public sealed class PageHistories
{
    /// <summary>How many samples are kept.</summary>
    public const int Depth = ChunkStore.Rows;

    /// <summary>How many pages a chunk has.</summary>
    public const int ChunkPages = ChunkStore.Pages;

    /// <summary>How many words hold one bit for each page of a chunk.</summary>
    public const int ChunkWords = ChunkStore.Words;

    /// <summary>The size of the address space of a chunk.</summary>
    public const ulong ChunkBytes = (ulong)ChunkPages << PageSize.Shift;

    private readonly ChunkStore _store = new();
    private readonly List<ProcessHistory> _processes = [];
    private readonly float[] _seconds = new float[Depth];
    private readonly long[] _dirtyPages = new long[Depth];

    /// <summary>How many samples were observed, ever.</summary>
    public long SampleCount { get; private set; }

    /// <summary>Whether accessed bits are kept, which begins with the first sample that has some.</summary>
    public bool HasAccessed => _store.HasAccessed;

    /// <summary>One more than the largest number of a chunk.</summary>
    public int ChunkCount => _store.Count;

    /// <summary>The processes seen in the last <see cref="Depth"/> samples.</summary>
    public IReadOnlyList<ProcessHistory> Processes => _processes;

    /// <summary>What the system did in the same samples.</summary>
    public SystemFeatures System { get; } = new();

    /// <summary>Takes in one sample of a trace.</summary>
    /// <param name="sample">The sample. Not kept.</param>
    public void Observe(TraceSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        Observe(sample.Dirty, sample.Accessed, sample.Interval, sample.System);
    }

    /// <summary>Takes in one sample, of which nothing is known about the system.</summary>
    /// <param name="dirty">The pages written in the interval that just ended; in the first sample of a process all its resident pages.</param>
    /// <param name="accessed">The pages read or written in it; null where that is not known.</param>
    /// <param name="interval">The length of the interval.</param>
    public void Observe(PageSet dirty, PageSet? accessed, TimeSpan interval) => Observe(dirty, accessed, interval, default);

    /// <summary>Takes in one sample.</summary>
    /// <param name="dirty">The pages written in the interval that just ended. In the first sample of a process all its resident pages, which says nothing about writing.</param>
    /// <param name="accessed">The pages read or written in it; null where that is not known.</param>
    /// <param name="interval">The length of the interval.</param>
    /// <param name="system">What the system was doing when the interval ended.</param>
    public void Observe(PageSet dirty, PageSet? accessed, TimeSpan interval, in SystemSample system)
    {
        ArgumentNullException.ThrowIfNull(dirty);
        if (accessed is not null && !HasAccessed)
        {
            _store.KeepAccessed();
        }

        System.Observe(system);
        int row = (int)(SampleCount & (Depth - 1));
        _store.ClearRow(row);
        _seconds[row] = (float)interval.TotalSeconds;
        _dirtyPages[row] = 0;
        // By index: the enumerator of an interface would be allocated.
        for (int i = 0; i < dirty.Processes.Count; i++)
        {
            ProcessPages pages = dirty.Processes[i];
            ProcessHistory process = Of(pages.ProcessId);
            process.LastSample = SampleCount;
            _dirtyPages[row] += process.FirstSample == SampleCount ? 0 : pages.PageCount;
            Write(process, pages.Ranges, row);
            if (accessed is not null && accessed.TryGet(pages.ProcessId, out ProcessPages? touched))
            {
                Touch(process, touched.Ranges, row);
            }
        }

        ForgetEnded();
        SampleCount++;
    }

    /// <summary>The process that a chunk belongs to; 0 for chunk 0.</summary>
    /// <param name="chunk">The number of the chunk.</param>
    public int ProcessOf(int chunk) => _store.HomeOf(chunk).ProcessId;

    /// <summary>The address of the first page of a chunk.</summary>
    /// <param name="chunk">The number of the chunk.</param>
    public ulong StartOf(int chunk) => _store.HomeOf(chunk).Start;

    /// <summary>How many of the newest samples say something about a chunk, at most <see cref="Depth"/>; rows behind them are empty.</summary>
    /// <param name="chunk">The number of the chunk.</param>
    public int SamplesOf(int chunk) => chunk == 0 ? 0 : (int)Math.Clamp(SampleCount - _store.HomeOf(chunk).Since, 0, Depth);

    /// <summary>The chunk that holds an address; 0 when none of its pages was ever seen.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="address">Any address.</param>
    public int Find(int processId, ulong address) =>
        ProcessIndex(processId) is >= 0 and int index ? _processes[index].Find(address & ~(ChunkBytes - 1)) : 0;

    /// <summary>The pages of a chunk that were seen at least once, one bit a page.</summary>
    /// <param name="chunk">The number of the chunk.</param>
    public ReadOnlySpan<ulong> KnownPages(int chunk) => _store.KnownOf(chunk);

    /// <summary>Which pages of a chunk were written in one sample, one bit a page.</summary>
    /// <param name="chunk">The number of the chunk.</param>
    /// <param name="age">0 for the newest sample, up to <see cref="Depth"/> - 1.</param>
    public ReadOnlySpan<ulong> DirtyRow(int chunk, int age) => ChunkStore.Row(_store.DirtyOf(chunk), RowOf(age));

    /// <summary>All samples of a chunk.</summary>
    internal ChunkRows DirtyRows(int chunk) => new(_store.DirtyOf(chunk), RowOf(0));

    /// <summary>Which pages of a chunk were accessed in one sample, one bit a page. Only where <see cref="HasAccessed"/>.</summary>
    /// <param name="chunk">The number of the chunk.</param>
    /// <param name="age">0 for the newest sample, up to <see cref="Depth"/> - 1.</param>
    public ReadOnlySpan<ulong> AccessedRow(int chunk, int age) =>
        HasAccessed ? ChunkStore.Row(_store.AccessedOf(chunk), RowOf(age)) : ChunkStore.Row(_store.DirtyOf(0), 0);

    /// <summary>The histories of 64 pages as words: bit 0 is the newest sample, bit 63 the oldest.</summary>
    /// <param name="chunk">The number of the chunk.</param>
    /// <param name="group">Which 64 pages of the chunk, from 0 to <see cref="ChunkWords"/> - 1.</param>
    /// <param name="words">Receives 64 words, one a page.</param>
    public void DirtyWords(int chunk, int group, Span<ulong> words) => Words(_store.DirtyOf(chunk), group, words);

    /// <summary>Like <see cref="DirtyWords"/> for accessed bits; all zero where they are not kept.</summary>
    /// <param name="chunk">The number of the chunk.</param>
    /// <param name="group">Which 64 pages of the chunk.</param>
    /// <param name="words">Receives 64 words, one a page.</param>
    public void AccessedWords(int chunk, int group, Span<ulong> words) => Words(HasAccessed ? _store.AccessedOf(chunk) : _store.DirtyOf(0), group, words);

    /// <summary>The histories of all pages of a chunk, as by <see cref="DirtyWords"/> for each of its groups, but all at once.</summary>
    internal void AllDirtyWords(int chunk, Span<ulong> words) => ChunkMatrix.Transpose(DirtyRows(chunk), words);

    /// <summary>Like <see cref="AllDirtyWords"/> for accessed bits.</summary>
    internal void AllAccessedWords(int chunk, Span<ulong> words) =>
        ChunkMatrix.Transpose(new ChunkRows(HasAccessed ? _store.AccessedOf(chunk) : _store.DirtyOf(0), RowOf(0)), words);

    /// <summary>The length of a sample's interval in seconds.</summary>
    /// <param name="age">0 for the newest sample, up to <see cref="Depth"/> - 1; 0 seconds before the first sample.</param>
    public float Seconds(int age) => _seconds[RowOf(age)];

    /// <summary>How many pages were written in a sample.</summary>
    /// <param name="age">0 for the newest sample, up to <see cref="Depth"/> - 1; 0 pages before the first sample.</param>
    public long DirtyPages(int age) => _dirtyPages[RowOf(age)];

    /// <summary>How many pages were written in a sample on average of those kept.</summary>
    public double MeanDirtyPages
    {
        get
        {
            long sum = 0;
            foreach (long pages in _dirtyPages)
            {
                sum += pages;
            }

            return sum / (double)Math.Clamp(SampleCount - 1, 1, Depth);
        }
    }

    private int RowOf(int age) => (int)((SampleCount - 1 - age) & (Depth - 1));

    private void Words(ReadOnlySpan<ulong> bits, int group, Span<ulong> words)
    {
        for (int age = 0; age < Depth; age++)
        {
            words[age] = bits[(RowOf(age) * ChunkWords) + group];
        }

        BitMatrix.Transpose(words);
    }

    private void Write(ProcessHistory process, ReadOnlySpan<PageRange> ranges, int row)
    {
        bool first = process.FirstSample == SampleCount;
        foreach (PageRange range in ranges)
        {
            for (ulong start = range.Start & ~(ChunkBytes - 1); start < range.End; start += ChunkBytes)
            {
                int chunk = process.Find(start);
                if (chunk == 0)
                {
                    chunk = _store.Rent(process.ProcessId, start, first ? SampleCount + 1 : SampleCount);
                    process.Insert(start, chunk);
                }

                (int from, int to) = Within(start, range);
                BitRun.Set(_store.KnownOf(chunk), from, to);
                if (!first)
                {
                    BitRun.Set(ChunkStore.Row(_store.DirtyOf(chunk), row), from, to);
                }
            }
        }
    }

    // Pages that were accessed but never written need no copy at the destination: they get no chunk.
    private void Touch(ProcessHistory process, ReadOnlySpan<PageRange> ranges, int row)
    {
        foreach (PageRange range in ranges)
        {
            for (ulong start = range.Start & ~(ChunkBytes - 1); start < range.End; start += ChunkBytes)
            {
                if (process.Find(start) is not 0 and int chunk)
                {
                    (int from, int to) = Within(start, range);
                    BitRun.Set(ChunkStore.Row(_store.AccessedOf(chunk), row), from, to);
                }
            }
        }
    }

    private static (int From, int To) Within(ulong start, PageRange range) => (
        (int)((Math.Max(range.Start, start) - start) >> PageSize.Shift),
        (int)((Math.Min(range.End - start, ChunkBytes)) >> PageSize.Shift));

    private ProcessHistory Of(int processId)
    {
        int index = ProcessIndex(processId);
        if (index >= 0)
        {
            return _processes[index];
        }

        ProcessHistory process = new(processId, SampleCount);
        _processes.Add(process);
        return process;
    }

    private int ProcessIndex(int processId)
    {
        for (int i = 0; i < _processes.Count; i++)
        {
            if (_processes[i].ProcessId == processId)
            {
                return i;
            }
        }

        return -1;
    }

    // Behind Depth samples nothing would be left of its history anyway.
    private void ForgetEnded()
    {
        for (int i = _processes.Count - 1; i >= 0; i--)
        {
            ProcessHistory process = _processes[i];
            if (SampleCount - process.LastSample >= Depth)
            {
                foreach (int chunk in process.Chunks)
                {
                    _store.Return(chunk);
                }

                _processes.RemoveAt(i);
            }
        }
    }
}
