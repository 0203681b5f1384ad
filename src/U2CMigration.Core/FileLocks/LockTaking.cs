using System.Runtime.ExceptionServices;
using U2CMigration.PageTracking.Injection;

namespace U2CMigration.Core.FileLocks;

/// <summary>Takes locks for restored tasks that are held, on a thread of its own, as ptrace demands.</summary>
internal static class LockTaking
{
    /// <summary>Tries until all are taken.</summary>
    /// <param name="locks">The locks, in their order.</param>
    /// <param name="again">Waits until another try makes sense; false ends it.</param>
    /// <returns>The locks that others hold.</returns>
    /// <exception cref="IOException">A lock cannot be taken at all.</exception>
    public static Task<IReadOnlyList<HeldLock>> RunAsync(IReadOnlyList<HeldLock> locks, Func<bool> again)
    {
        var done = new TaskCompletionSource<IReadOnlyList<HeldLock>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                // Stays until the end of the thread: the stops of tasks are no news for this process.
                using var pause = new StopSignalPause();
                done.SetResult(Take(locks, again));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "file locks" };
        thread.Start();
        return done.Task;
    }

    private static List<HeldLock> Take(IReadOnlyList<HeldLock> locks, Func<bool> again)
    {
        var entered = new Dictionary<int, EnteredTask>();
        List<HeldLock> pending = [.. locks];
        ExceptionDispatchInfo? failure = null;
        try
        {
            do
            {
                pending.RemoveAll(one => one.TryTake(Enter));
            }
            while (pending.Count > 0 && again());
        }
        catch (Exception e)
        {
            failure = ExceptionDispatchInfo.Capture(e);
        }

        foreach (EnteredTask task in entered.Values)
        {
            try
            {
                task.Leave();
            }
            catch (Exception e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        failure?.Throw();
        return pending;

        EnteredTask Enter(int processId)
        {
            if (!entered.TryGetValue(processId, out EnteredTask? task))
            {
                entered.Add(processId, task = EnteredTask.Enter(processId));
            }

            return task;
        }
    }
}
