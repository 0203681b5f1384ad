using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.Rpc;

/// <content>The two ways out of a dump that is held.</content>
public sealed partial class LazyDump
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(30);

    /// <summary>Undoes the dump: the tasks run on where they were. A control group that was frozen before stays frozen, and the caller thaws it.</summary>
    /// <returns>Completes when CRIU has let go of the tasks.</returns>
    /// <exception cref="InvalidOperationException">The dump is not held.</exception>
    public async Task RollbackAsync()
    {
        Settle();
        await _dump.UndoAsync().ConfigureAwait(false);
        await RemoveLeftLocksAsync().ConfigureAwait(false);
    }

    /// <summary>Makes the dump final: kills the stopped tasks, and the worker. Open connections end without a packet being sent.</summary>
    /// <returns>Completes when none of the tasks can execute any more.</returns>
    /// <exception cref="InvalidOperationException">The dump is not held.</exception>
    /// <exception cref="CriuException">A task did not end, for example because it is in another control group that is frozen; it does not run.</exception>
    /// <remarks>
    /// The worker is killed rather than answered: its copies of the tasks' connections are in repair mode then and close in silence, while CRIU would
    /// leave that mode before it closes them and so end connections that live on elsewhere. A network lock that it had set up with nftables is removed
    /// here, by the program <c>nft</c>; where that is missing the lock stays and is logged.
    /// </remarks>
    public async Task CommitAsync()
    {
        Settle();
        int processId = _dumped!.ProcessId;
        using TaskTree tree = TaskTree.Open(processId);
        tree.Kill();
        _freezer?.LetKilledTasksEnd();

        // Before the wait: a thread that is traced stays until its tracer has reaped it or is gone, and CRIU waits for us.
        await _dump.Worker.KillAsync().ConfigureAwait(false);
        using var limit = new CancellationTokenSource(KillLimit);
        try
        {
            await tree.WaitForEndAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            throw new CriuException(
                $"A task of the tree of process {processId} did not end within {KillLimit.TotalSeconds} seconds after SIGKILL; it is stopped and will end when its control group is thawed.",
                "COMMIT");
        }
        finally
        {
            await _dump.EndAsync().ConfigureAwait(false);
        }

        // Only now: a packet for a connection that has ended here would be answered with a reset.
        await _networkLock.RemoveAsync(_dumped).ConfigureAwait(false);
    }

    private Task RemoveLeftLocksAsync() => _dump.Worker.Ended.IsCompleted ? _networkLock.RemoveUnnamedAsync(_dumped!) : Task.CompletedTask;

    private void Settle()
    {
        if (!_dump.IsComplete || _settled)
        {
            throw new InvalidOperationException("The dump is not held: it was not begun, has failed, or is settled already.");
        }

        _settled = true;
    }
}
