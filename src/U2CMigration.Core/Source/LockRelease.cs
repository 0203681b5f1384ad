using U2CMigration.Core.Errors;
using U2CMigration.Core.FileLocks;
using U2CMigration.Core.Sessions;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>
/// The source's part in handing over locks that both hosts see. Frozen tasks cannot give up their record locks, so the frozen copy ends before the destination resumes its
/// own, and not after it as otherwise. The destination has recorded the commit by then.
/// </summary>
internal static class LockRelease
{
    /// <summary>A process that waits for a lock would get it in between, and the workload would not get it back.</summary>
    /// <exception cref="MigrationException">There is one.</exception>
    public static void RefuseIfOthersWait(SourceContext context)
    {
        string waiting = string.Join(' ', LockWaiters.Find(ProcessTree.List(context.Target.RootProcessId)));
        if (waiting.Length > 0)
        {
            throw context.Failure(waiting, isTransient: false);
        }
    }

    /// <summary>Ends the frozen copy and says so; the comparison that the caller may have asked for needs it, and so comes first.</summary>
    public static async Task RunAsync(SourceRelease release, MigrationConnection connection, FrozenTree tree, CancellationToken cancellationToken)
    {
        await release.VerifyAsync(cancellationToken).ConfigureAwait(false);
        await tree.KillAsync().ConfigureAwait(false);
        await connection.SendAsync(new LocksReleased(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the caller is told when the frozen copy is gone and the destination has not said that it runs the workload.</summary>
    public static MigrationException Failure(Exception cause, string peer, IReadOnlyList<string> locks) => cause is DestinationAbortedException
        ? Lost(cause.Message, locks, cause)
        : new MigrationException(
            $"The frozen copy was ended after the commit, to free its file locks ({string.Join("; ", locks)}), and the destination {peer} has not said yet that it runs the workload. If it cannot get the locks, its log says so: another process has taken them.",
            MigrationPhase.Committing,
            WorkloadState.Held,
            isTransient: false,
            cause);

    /// <summary>What the caller is told when the destination has ended the only copy.</summary>
    public static MigrationException Lost(string reason, IReadOnlyList<string> locks, Exception? cause = null) => new(
        $"{reason} The frozen copy was ended before, after the destination's commit, to free its file locks: {string.Join("; ", locks)}.",
        MigrationPhase.Committing,
        WorkloadState.Gone,
        isTransient: false,
        cause);
}
