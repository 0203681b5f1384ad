using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Progress;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.FileLocks;

/// <summary>
/// Leases that somebody else is about to end by opening the file: the kernel has told the workload, which is to write back what it holds and give the lease up. Frozen it cannot,
/// and a restore that opens a file which both hosts see would wait with the other one, for as long as the workload is frozen. It takes the workload a moment otherwise.
/// </summary>
internal static class LeaseBreaks
{
    /// <summary>Refuses a tree with such a lease.</summary>
    /// <exception cref="Errors.MigrationException">There is one; a retry may succeed.</exception>
    public static void Refuse(int rootProcessId, MigrationNotes notes)
    {
        if (LockTable.HasBreakingLease() && Find(ProcessTree.List(rootProcessId)) is { } path)
        {
            throw notes.Failure(
                $"Another program wants to open {path}, on which the workload has a lease, and the workload has not given the lease up yet. It can be moved as soon as it has, or the kernel has taken the lease from it "
                + "(after the seconds in /proc/sys/fs/lease-break-time).",
                isTransient: true);
        }
    }

    /// <summary>The file; null when there is none.</summary>
    internal static string? Find(IReadOnlyList<int> tree)
    {
        foreach (TreeLocks.Lock lease in Breaking(tree))
        {
            Ask(lease);
        }

        return Breaking(tree).Select(static lease => lease.Path).FirstOrDefault();
    }

    private static IEnumerable<TreeLocks.Lock> Breaking(IReadOnlyList<int> tree) => TreeLocks.Of(tree).Where(static one => one.Entry.IsBreaking);

    /// <summary>The kernel takes a lease whose time is up only when somebody asks.</summary>
    private static void Ask(TreeLocks.Lock lease)
    {
        try
        {
            using SafeFileHandle process = PidFd.Open(lease.ProcessId);
            using SafeFileHandle? file = PidFd.TryCopyDescriptor(process, lease.Number, out _);
            if (file is not null)
            {
                FileLockCalls.LeaseOf(file);
            }
        }
        catch (PageTrackingException)
        {
            // The process has ended, and the lease with it.
        }
    }
}
