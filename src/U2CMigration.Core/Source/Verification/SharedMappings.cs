using System.Globalization;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Core.Source.Verification;

/// <summary>Shared memory that travels in images: of deleted files, which are memfds, System V and anonymous shared memory too. Other files are not of the tree.</summary>
internal sealed class SharedMappings
{
    /// <summary>Of memory that another mapping was listed for in full already.</summary>
    private const int PagesOfARepeatedMapping = 4;

    private const string Deleted = " (deleted)";

    /// <summary>Rings of asynchronous I/O, in which the kernel of each host keeps numbers of its own.</summary>
    private const string KernelRing = "/[aio]";

    private readonly HashSet<(uint Major, uint Minor, ulong Inode, ulong Offset, ulong Length)> _known = [];

    /// <summary>Why some of it cannot be compared; null when all can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Adds the mappings of a process, each with the pages that hold data. A hole is not read: that would fill it.</summary>
    public void AddTo(List<FrozenMapping> mappings, int processId)
    {
        foreach (VirtualMemoryArea area in MapsReader.ReadAll(processId))
        {
            if (!area.IsShared || area.Inode == 0 || !area.Path.EndsWith(Deleted, StringComparison.Ordinal) || area.Path.StartsWith(KernelRing, StringComparison.Ordinal))
            {
                continue;
            }

            bool isFirst = _known.Add((area.DeviceMajor, area.DeviceMinor, area.Inode, area.Offset, area.End - area.Start));
            List<PageRange> pages = PagesWithData(processId, area, isFirst ? long.MaxValue : PagesOfARepeatedMapping);
            if (pages.Count > 0)
            {
                mappings.Add(new FrozenMapping(processId, IsLazy: false, pages));
            }
        }
    }

    private List<PageRange> PagesWithData(int processId, VirtualMemoryArea area, long atMost)
    {
        // Shared for writing as well: to ask for less would take a lock on the file.
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/map_files/{area.Start:x}-{area.End:x}");
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return PagesWithData(file, area, atMost);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Problem ??= $"{area.Path} of process {processId}: {e.Message}";
            return [];
        }
    }

    private static List<PageRange> PagesWithData(SafeFileHandle file, VirtualMemoryArea area, long atMost)
    {
        var pages = new List<PageRange>();
        long first = (long)area.Offset;
        long behind = first + (long)(area.End - area.Start);
        for (long at = first; at < behind && atMost > 0 && FileExtents.TryNext(file, at, out long start, out long end); at = end)
        {
            start = Math.Max(first, start & ~((long)PageSize.Bytes - 1));
            end = Math.Min(behind, (end + PageSize.Bytes - 1) & ~((long)PageSize.Bytes - 1));
            end = (end - start) >> PageSize.Shift > atMost ? start + (atMost << PageSize.Shift) : end;
            if (start >= end)
            {
                break;
            }

            pages.Add(new PageRange(area.Start + (ulong)(start - first), area.Start + (ulong)(end - first)));
            atMost -= (end - start) >> PageSize.Shift;
        }

        return pages;
    }
}
