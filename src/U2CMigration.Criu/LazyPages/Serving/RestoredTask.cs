using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.LazyPages.Handover;
using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>One process whose missing pages are being installed: its userfaultfd and what it still lacks.</summary>
internal sealed class RestoredTask
{
    internal RestoredTask(int processId, SafeFileHandle descriptor, LazyRanges ranges, TaskFamily family, int numberHere = 0)
    {
        ProcessId = processId;
        NumberHere = numberHere;
        Descriptor = descriptor;
        Ranges = ranges;
        Family = family;
        family.Add(this);
    }

    /// <summary>The process as numbered in the images; children that were forked since carry the number of their ancestor.</summary>
    internal int ProcessId { get; }

    /// <summary>The process as numbered in this process's PID namespace; 0 when that is not known, as of children forked since.</summary>
    internal int NumberHere { get; }

    internal SafeFileHandle Descriptor { get; }

    /// <summary>Its number in a <see cref="ServingRecord"/>; 0 where there is none.</summary>
    internal int Member { get; init; }

    /// <summary>Whether it was forked since the restore: what becomes of its pages says nothing about those of the process of the images.</summary>
    internal bool IsForked { get; private init; }

    internal LazyRanges Ranges { get; }

    internal TaskFamily Family { get; }

    /// <summary>Where the background filling goes on.</summary>
    internal ulong FillPosition { get; set; }

    /// <summary>The child of a fork: it lacks what its parent lacks at this moment, without what the parent does not hand on.</summary>
    internal RestoredTask Fork(SafeFileHandle descriptor, int member = 0, ServingRecord? record = null)
    {
        RestoredTask child = Copy(descriptor, member);
        _ = ForkedMemory.TryWithhold(child, NumberHere, record);
        return child;
    }

    /// <summary>The child of a fork as long as nothing is known of what its parent does not hand on.</summary>
    internal RestoredTask Copy(SafeFileHandle descriptor, int member) => new(ProcessId, descriptor, Ranges.Clone(), Family) { IsForked = true, Member = member };

    /// <summary>Records that pages are in, or are not wanted.</summary>
    internal void Settle(in LazyRun pages)
    {
        Ranges.Settle(pages);
        Family.Release(pages);
    }

    /// <summary>Records that an address range was discarded or unmapped; returns the pages that are not wanted any more.</summary>
    internal long Discard(ulong start, ulong end)
    {
        long before = Ranges.PendingCount;
        while (Ranges.TryNext(start, end, int.MaxValue, out LazyRun unwanted))
        {
            NoteUnwanted(unwanted);
            Settle(unwanted);
        }

        Ranges.Remove(start, end);
        return before - Ranges.PendingCount;
    }

    /// <summary>Says that the process itself does not want pages.</summary>
    internal void NoteUnwanted(in LazyRun pages)
    {
        if (!IsForked)
        {
            Family.NoteUnwanted(pages);
        }
    }

    /// <summary>Says that nothing more is wanted.</summary>
    internal void GiveUpAll()
    {
        for (ulong from = 0; Ranges.TryNext(from, ulong.MaxValue, int.MaxValue, out LazyRun unwanted); from = unwanted.End)
        {
            NoteUnwanted(unwanted);
        }
    }

    /// <summary>Ends the registration. With pages still missing the process must be dead: it would read zeros.</summary>
    internal void Close()
    {
        // Not noted as unwanted: whether the process is gone is not known here.
        while (Ranges.TryNext(0, ulong.MaxValue, int.MaxValue, out LazyRun left))
        {
            Settle(left);
        }

        Family.Remove(this);
        Descriptor.Dispose();
    }
}
