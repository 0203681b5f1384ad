using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.PageTables;

/// <summary>Reads /proc/PID/pagemap entry by entry (Documentation/admin-guide/mm/pagemap.rst): 8 bytes a page, holes included.</summary>
/// <remarks>Frame numbers show only to a reader with CAP_SYS_ADMIN; without them, pages of plain zeros count as content.</remarks>
internal sealed class PagemapEntries : IPageTableReader
{
    private const int BufferedEntries = 65536;
    private const ulong FrameMask = (1UL << 55) - 1;
    private const ulong SoftDirty = 1UL << 55;
    private const ulong Guard = 1UL << 58;
    private const ulong File = 1UL << 61;
    private const ulong Swapped = 1UL << 62;
    private const ulong Present = 1UL << 63;
    private readonly ulong[] _entries = GC.AllocateUninitializedArray<ulong>(BufferedEntries);
    private readonly ulong _zeroFrame = FindZeroFrame();

    /// <inheritdoc/>
    public bool PassesOverHoles => false;

    /// <inheritdoc/>
    public void CollectResident(int processId, SafeFileHandle pagemap, in ScanSpan span, ProcessPages pages, CancellationToken cancellationToken) =>
        Collect(pagemap, span, pages, dirty: null, cancellationToken);

    /// <inheritdoc/>
    public void CollectSoftDirty(int processId, SafeFileHandle pagemap, in ScanSpan span, ProcessPages pages, ProcessPages dirty, CancellationToken cancellationToken) =>
        Collect(pagemap, span, pages, dirty, cancellationToken);

    private void Collect(SafeFileHandle pagemap, in ScanSpan span, ProcessPages pages, ProcessPages? dirty, CancellationToken cancellationToken)
    {
        ulong start = span.Start;
        while (start < span.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(BufferedEntries, (span.End - start) >> PageSize.Shift);
            Span<byte> bytes = MemoryMarshal.AsBytes(_entries.AsSpan(0, wanted));
            int read = ProcFile.Read(pagemap, bytes, (long)(start >> PageSize.Shift) * sizeof(ulong)) / sizeof(ulong);
            if (read == 0)
            {
                // The address space went away, and all its pages with it. Whoever reads the map next finds out.
                return;
            }

            Append(_entries.AsSpan(0, read), start, pages, dirty);
            start += (ulong)read << PageSize.Shift;
        }
    }

    private void Append(ReadOnlySpan<ulong> entries, ulong start, ProcessPages pages, ProcessPages? dirty)
    {
        for (int i = 0; i < entries.Length;)
        {
            int first = i;
            bool content = HasContent(entries[i]);
            bool written = (entries[i] & SoftDirty) != 0;
            while (++i < entries.Length && HasContent(entries[i]) == content && (!content || (entries[i] & SoftDirty) != 0 == written))
            {
            }

            if (content)
            {
                ulong from = start + ((ulong)first << PageSize.Shift);
                ulong to = start + ((ulong)i << PageSize.Shift);
                pages.Append(from, to);
                if (written)
                {
                    dirty?.Append(from, to);
                }
            }
        }
    }

    // Bit 61 is set for pages of files and shared memory; a private page that was written has left its file. The swap offset of a page that is swapped lies
    // where the frame number of others does.
    private bool HasContent(ulong entry) =>
        (entry & (Present | Swapped)) != 0 && (entry & (File | Guard)) == 0
        && ((entry & Present) == 0 || _zeroFrame == 0 || (entry & FrameMask) != _zeroFrame);

    /// <summary>The frame of zeros that the kernel maps where memory is read before it is written; 0 when frame numbers do not show.</summary>
    private static unsafe ulong FindZeroFrame()
    {
        using SafeFileHandle pagemap = ProcFile.Open(Environment.ProcessId, "pagemap");
        byte* memory = (byte*)NativeMemory.AlignedAlloc(16 * PageSize.Bytes, PageSize.Bytes);
        try
        {
            // Fresh memory of the allocator may have been used before: the mapping is renewed, then read.
            ulong entry = 0;
            if (NativeMethods.Discard(memory, 16 * PageSize.Bytes) == 0)
            {
                _ = Volatile.Read(ref *memory);
                _ = ProcFile.Read(pagemap, new Span<byte>(&entry, sizeof(ulong)), (long)((ulong)memory >> PageSize.Shift) * sizeof(ulong));
            }

            return (entry & Present) == 0 ? 0 : entry & FrameMask;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }
}
