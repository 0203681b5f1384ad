using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Interop;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>Pipes and FIFOs that lead out of the workload.</summary>
internal static class PipeCheck
{
    private const ushort Reads = 0x100;
    private const ushort Writes = 0x80;

    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        foreach (IGrouping<ulong, HeldDescriptor> pipe in view.Pipes)
        {
            IReadOnlyList<HeldDescriptor> outside = view.Outside.OfPipe(pipe.Key);
            bool isKept = outside.Count > 0 && outside.All(holder => view.Options.IsKeeper(holder.ProcessId));
            if (!isKept && ReasonOf([.. pipe], outside) is { } reason)
            {
                yield return Finding(view, pipe.First(), reason);
            }
        }

        foreach (IGrouping<(ulong, ulong), HeldDescriptor> fifo in view.Fifos)
        {
            if (ReasonOf([.. fifo], view.Outside.OfFile(fifo.Key)) is { } reason)
            {
                yield return Finding(view, fifo.First(), reason);
            }
        }
    }

    private static InventoryFinding Finding(WorkloadView view, HeldDescriptor held, string reason) => view.Finding(FindingKind.OutsidePipe, held.ProcessId, held.Named, reason);

    /// <summary>Why a pipe cannot be cut off; null where nobody outside has to do with it.</summary>
    private static string? ReasonOf(IReadOnlyList<HeldDescriptor> own, IReadOnlyList<HeldDescriptor> outside)
    {
        int ends = own.Aggregate(0, static (ends, held) => ends | EndsOf(held));
        int missing = (Reads | Writes) & ~ends;
        if (ends == 0 || (missing == 0 && outside.Count == 0))
        {
            return null;
        }

        if (missing == 0)
        {
            return $"{OutsideHolders.NameOf(outside[0].ProcessId)} has it open as well and does not move";
        }

        foreach (HeldDescriptor holder in outside)
        {
            if ((EndsOf(holder) & missing) != 0)
            {
                return $"its other end is open in {OutsideHolders.NameOf(holder.ProcessId)}, descriptor {holder.Number}, which does not move";
            }
        }

        return IsCutOff(own[0])
            ? null
            : "its other end is open in a process that does not move and cannot be seen from here, in another PID namespace for example";
    }

    private static int EndsOf(HeldDescriptor held) => (FileStatus.TryReadLink(held.Path)?.Mode ?? 0) & (Reads | Writes);

    /// <summary>Whether nobody at all has the other end. A descriptor that cannot be asked has been closed.</summary>
    private static bool IsCutOff(HeldDescriptor held)
    {
        try
        {
            using SafeFileHandle process = PidFd.Open(held.ProcessId);
            using SafeFileHandle? copy = PidFd.TryCopyDescriptor(process, held.Number, out _);
            return copy is null || Polling.HasLostItsPeer(copy);
        }
        catch (PageTrackingException)
        {
            return true;
        }
    }
}
