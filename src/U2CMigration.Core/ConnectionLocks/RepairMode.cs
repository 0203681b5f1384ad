using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Inventory;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Interop;

namespace U2CMigration.Core.ConnectionLocks;

/// <summary>
/// The mode in which CRIU reads connections (<c>TCP_REPAIR</c>, tcp(7)): in it a socket sends nothing. A CRIU that is ended in the middle of a dump leaves them in it, and the workload that runs on
/// would wait forever for answers to what it says.
/// </summary>
internal static class RepairMode
{
    private const int Tcp = 6;
    private const int Repair = 19;

    /// <summary>Ends it in all sockets of a tree.</summary>
    /// <returns>How many were in it.</returns>
    public static int End(IEnumerable<int> processIds)
    {
        int ended = 0;
        foreach (int processId in processIds)
        {
            try
            {
                using SafeFileHandle process = PidFd.Open(processId);
                DescriptorTable.Visit(processId, (_, descriptor, link) => ended += link.StartsWith("socket:"u8) && TryEnd(process, descriptor) ? 1 : 0);
            }
            catch (PageTrackingException)
            {
                // It has ended.
            }
        }

        return ended;
    }

    private static bool TryEnd(SafeFileHandle process, int descriptor)
    {
        using SafeFileHandle? socket = PidFd.TryCopyDescriptor(process, descriptor, out _);
        Span<byte> value = stackalloc byte[sizeof(int)];
        if (socket is null || SocketCalls.Get(socket, Tcp, Repair, value, out _) != 0 || !value.ContainsAnyExcept((byte)0))
        {
            return false;
        }

        value.Clear();
        return SocketCalls.Set(socket, Tcp, Repair, value) == 0;
    }
}
