using System.Globalization;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.PageTracking.Reading;

/// <summary>Whether a process may have memory in common with another one by copy-on-write: with a child, or with the parent that it was forked from.</summary>
/// <remarks>
/// process_vm_readv pins the pages that it reads, and since Linux 5.19 the kernel first makes a copy of a page that is shared so, for whoever is read: reading eight children of a
/// process would cost the host nine times its memory. <c>/proc/PID/mem</c> does not pin.
/// </remarks>
internal sealed class MemorySharing
{
    /// <summary>Children may come at any time; asking costs some tens of microseconds.</summary>
    private const long ValidMilliseconds = 50;

    private bool _mayShare;
    private long _askedAt = long.MinValue / 2;

    internal bool MayShare(int processId)
    {
        long now = Environment.TickCount64;
        if (now - _askedAt > ValidMilliseconds)
        {
            _mayShare = HasChildren(processId) || HasProgramOfParent(processId);
            _askedAt = now;
        }

        return _mayShare;
    }

    private static bool HasChildren(int processId)
    {
        byte[] buffer = new byte[16];
        foreach (int thread in ProcessTree.Threads(processId))
        {
            if (!Interop.ProcFile.ReadSmall(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/task/{thread}/children"), buffer).IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A process that has executed another program than its parent has nothing in common with it; one that runs the same may have been forked and no more.</summary>
    private static bool HasProgramOfParent(int processId) =>
        ProcessTree.TryReadStat(processId, out ProcessStat stat) && ProgramOf(processId) is { } program && program == ProgramOf(stat.ParentProcessId);

    private static string? ProgramOf(int processId)
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/exe")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
