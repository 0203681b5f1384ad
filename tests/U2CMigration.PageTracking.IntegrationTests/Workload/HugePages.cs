using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Memory;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>Does at a given moment what the kernel's khugepaged does at any: it makes huge pages of small ones, and fills their holes with zeros.</summary>
internal static unsafe partial class HugePages
{
    private const int ProcessMadvise = 440;
    private const int Collapse = 25;
    private const ulong Bytes = 2 << 20;

    /// <summary>Makes huge pages of a block, also while its process is stopped. Needs Linux 6.1.</summary>
    /// <returns>Whether the kernel did. It does not where a userfaultfd watches the holes.</returns>
    internal static bool TryCollapse(MemoryBlock block) => TryCollapse(block.Writer.ProcessId, block.Address, block.Address + ((ulong)block.Pages * 4096));

    /// <summary>Makes huge pages wherever the kernel might in private memory.</summary>
    /// <returns>How many there are now that were not before, or were already.</returns>
    internal static int CollapseAll(int processId)
    {
        int collapsed = 0;
        using MapsReader maps = MapsReader.Open(processId);
        while (maps.TryRead(out MapsLine line))
        {
            for (ulong start = (line.Start + Bytes - 1) & ~(Bytes - 1); !line.IsShared && start + Bytes <= line.End; start += Bytes)
            {
                collapsed += TryCollapse(processId, start, start + Bytes) ? 1 : 0;
            }
        }

        return collapsed;
    }

    private static bool TryCollapse(int processId, ulong start, ulong end)
    {
        using SafeFileHandle process = PidFd.Open(processId);
        (ulong Base, ulong Length) vector = (start, end - start);
        return SystemCall(ProcessMadvise, process, &vector, 1, Collapse, 0) == (nint)vector.Length;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, SafeFileHandle process, void* vectors, nuint count, int advice, uint flags);
}
