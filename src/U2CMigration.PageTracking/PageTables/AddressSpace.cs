using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.PageTracking.PageTables;

/// <summary>The address space that a process had when it was opened. An exec, like the end of the process, leaves it empty for good.</summary>
internal sealed class AddressSpace : IDisposable
{
    /// <summary>Below, the answer is not worth reading the mappings once more.</summary>
    private const long WorthAskingForHoles = 128 << 20;

    private readonly IPageTableReader _reader;
    private readonly MapsReader _maps;
    private readonly List<PageRange> _private = [];
    private readonly List<ScanSpan> _spans = [];
    private readonly int _lender;

    /// <exception cref="PageTrackingException">The process is gone, or may not be looked into.</exception>
    internal AddressSpace(int processId, IPageTableReader reader, KernelFeatures features)
    {
        ProcessId = processId;
        _reader = reader;
        int lender = FindLender(processId);
        Process = PidFd.Open(processId);
        try
        {
            _maps = MapsReader.Open(processId);
            Pagemap = ProcFile.Open(processId, "pagemap");
            Lookup = new AreaLookup(_maps, features.ProcmapQuery);

            // Asked before and after, as it may execute while the files are opened.
            _lender = lender != 0 ? lender : FindLender(processId);
        }
        catch
        {
            Process.Dispose();
            _maps?.Dispose();
            throw;
        }
    }

    internal int ProcessId { get; }

    internal SafeFileHandle Process { get; }

    internal SafeFileHandle Pagemap { get; }

    internal AreaLookup Lookup { get; }

    /// <summary>The private mappings found by <see cref="TryReadAreas"/>, ascending; shared, special and hugetlb ones are CRIU's business.</summary>
    internal IReadOnlyList<PageRange> PrivateAreas => _private;

    /// <summary>The same mappings, joined to spans that are scanned at once.</summary>
    internal IReadOnlyList<ScanSpan> Spans => _spans;

    /// <summary>Whether the number still means this process and it has not ended, whatever address space it has now.</summary>
    internal bool IsAlive => ProcessTree.IsAlive(ProcessId) && PidFd.IsKnown(Process);

    /// <returns>False when the address space is gone, or was that of the parent (vfork) and the process has one of its own by now.</returns>
    internal bool TryReadAreas() => TryRead(_private, _spans);

    private bool TryRead(List<PageRange> areas, List<ScanSpan> spans)
    {
        areas.Clear();
        spans.Clear();
        if (_lender != 0 && !ProcessTree.SharesMemory(ProcessId, _lender))
        {
            return false;
        }

        _maps.Rewind();
        bool any = false;
        bool joins = false;
        while (_maps.TryRead(out MapsLine line))
        {
            any = true;
            bool isPrivate = !line.IsShared && !line.IsSpecial && !line.IsHugetlb;
            if (isPrivate)
            {
                areas.Add(new PageRange(line.Start, line.End));
                AddTo(spans, line, joins);
            }

            joins = isPrivate;
        }

        return any;
    }

    /// <summary>Adds every page that holds content of its own. Changes nothing in the process.</summary>
    /// <param name="pages">Receives the pages.</param>
    /// <param name="cancellationToken">Ends the call between two system calls.</param>
    internal void CollectResident(ProcessPages pages, CancellationToken cancellationToken)
    {
        if (_reader is PagemapScanner scanner && _private.Sum(static area => area.Bytes) >= WorthAskingForHoles && TryCollectBetween(scanner, pages, cancellationToken))
        {
            return;
        }

        foreach (ScanSpan span in _spans)
        {
            _reader.CollectResident(ProcessId, Pagemap, span, pages, cancellationToken);
        }
    }

    /// <summary>Adds what is left of the mappings without what is empty: of dense memory the kernel tells that faster.</summary>
    /// <returns>False, with nothing added, when the mappings changed in that time: what is not mapped is not told to be empty.</returns>
    private bool TryCollectBetween(PagemapScanner scanner, ProcessPages pages, CancellationToken cancellationToken)
    {
        ReadOnlySpan<PageRange> areas = CollectionsMarshal.AsSpan(_private);
        if (!PageRuns.AreAscending(areas))
        {
            // Mappings that were joined while their list was read stand in it twice.
            return false;
        }

        var found = new ProcessPages(ProcessId);
        int next = 0;
        foreach (ScanSpan span in _spans)
        {
            int first = next;
            while (next < areas.Length && areas[next].Start < span.End)
            {
                next++;
            }

            if (!span.IsAnonymous)
            {
                // Memory of devices may be among it, which is not walked.
                scanner.CollectResident(ProcessId, Pagemap, span, found, cancellationToken);
                continue;
            }

            var empty = new ProcessPages(ProcessId);
            scanner.CollectEmpty(ProcessId, Pagemap, span, empty, cancellationToken);
            PageRuns.AppendDifference(areas[first..next], empty.Ranges, found);
        }

        List<PageRange> areasNow = [];
        List<ScanSpan> spansNow = [];
        if (!TryRead(areasNow, spansNow) || !areasNow.SequenceEqual(_private) || !spansNow.SequenceEqual(_spans))
        {
            return false;
        }

        foreach (PageRange range in found.Ranges)
        {
            pages.Append(range.Start, range.End);
        }

        return true;
    }

    /// <summary>Adds the pages of some mappings that hold content of their own, whatever is mapped there by now. Changes nothing in the process.</summary>
    /// <param name="areas">The mappings, ascending; they may overlap.</param>
    /// <param name="pages">Receives the pages.</param>
    /// <param name="cancellationToken">Ends the call between two system calls.</param>
    internal void CollectResident(IReadOnlyList<PageRange> areas, ProcessPages pages, CancellationToken cancellationToken)
    {
        ulong start = 0;
        for (int next = 0; next < areas.Count;)
        {
            start = Math.Max(start, areas[next].Start);
            ulong end = areas[next++].End;

            // One call for mappings that touch: some programs have thousands of small ones.
            while (next < areas.Count && areas[next].Start <= end)
            {
                end = Math.Max(end, areas[next++].End);
            }

            if (start < end)
            {
                _reader.CollectResident(ProcessId, Pagemap, new ScanSpan(start, end, IsAnonymous: false), pages, cancellationToken);
                start = end;
            }
        }
    }

    /// <summary>Adds every page that holds content of its own, and which of them are soft-dirty. Changes nothing in the process.</summary>
    /// <param name="pages">Receives the pages.</param>
    /// <param name="dirty">Receives those that are soft-dirty.</param>
    /// <param name="cancellationToken">Ends the call between two system calls.</param>
    internal void CollectSoftDirty(ProcessPages pages, ProcessPages dirty, CancellationToken cancellationToken)
    {
        foreach (ScanSpan span in _spans)
        {
            _reader.CollectSoftDirty(ProcessId, Pagemap, span, pages, dirty, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pagemap.Dispose();
        Lookup.Dispose();
        _maps.Dispose();
        Process.Dispose();
    }

    /// <summary>The parent if a process runs in its memory, between vfork and exec: what is opened then stays that of the parent, and does not get empty by the exec.</summary>
    private static int FindLender(int processId) =>
        ProcessTree.TryReadStat(processId, out ProcessStat stat) && ProcessTree.SharesMemory(processId, stat.ParentProcessId) ? stat.ParentProcessId : 0;

    private void AddTo(List<ScanSpan> spans, MapsLine line, bool joins)
    {
        if (joins && spans[^1].IsAnonymous == line.IsAnonymous && (_reader.PassesOverHoles || spans[^1].End == line.Start))
        {
            spans[^1] = spans[^1] with { End = line.End };
        }
        else
        {
            spans.Add(new ScanSpan(line.Start, line.End, line.IsAnonymous));
        }
    }
}
