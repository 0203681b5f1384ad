using System.Diagnostics;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.PageTracking.Injection;

/// <summary>Holds every thread of a process under ptrace for the time of one action. The program does not notice, but for an EINTR of calls such as epoll_wait.</summary>
internal static class StoppedProcess
{
    /// <summary>Runs an action while every thread of a process is stopped. What the action throws is thrown on to the caller.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="patience">How long threads may take to stop: meanwhile those that did are held.</param>
    /// <param name="action">What to do; runs on a thread of its own.</param>
    /// <param name="stopped">How long the first thread that stopped was held.</param>
    /// <returns>False, without the action, when a thread did not stop in time.</returns>
    /// <exception cref="PageTrackingException">The process is traced by another one, or must not be traced.</exception>
    internal static bool TryRun(int processId, TimeSpan patience, Action action, out TimeSpan stopped)
    {
        // The kernel accepts ptrace calls only from the thread that attached; the end of that thread lets go of the target whatever happened.
        bool done = false;
        TimeSpan held = default;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                done = TryRunHere(processId, patience, action, out held);
            }
            catch (Exception e)
            {
                failure = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
            }
        })
        {
            IsBackground = true,
            Name = "ptrace",
        };
        using (new StopSignalPause())
        {
            thread.Start();
            thread.Join();
        }

        failure?.Throw();
        stopped = held;
        return done;
    }

    private static bool TryRunHere(int processId, TimeSpan patience, Action action, out TimeSpan held)
    {
        Dictionary<int, TracedThread> threads = [];
        long started = Stopwatch.GetTimestamp();
        long deadline = started + (long)(patience.TotalSeconds * Stopwatch.Frequency);
        try
        {
            bool complete = TryStopAll(processId, threads, deadline);
            if (complete)
            {
                action();
            }

            held = Stopwatch.GetElapsedTime(started);
            return complete;
        }
        finally
        {
            foreach (TracedThread thread in threads.Values)
            {
                thread.Detach();
            }
        }
    }

    /// <summary>Until a listing shows no thread that is not held: a running thread may start others.</summary>
    private static bool TryStopAll(int processId, Dictionary<int, TracedThread> threads, long deadline)
    {
        int before;
        do
        {
            before = threads.Count;
            List<TracedThread> asked = [];
            foreach (int threadId in ProcessTree.Threads(processId))
            {
                if (!threads.ContainsKey(threadId) && TracedThread.TryInterrupt(threadId) is { } thread)
                {
                    threads.Add(threadId, thread);
                    asked.Add(thread);
                }
            }

            foreach (TracedThread thread in asked)
            {
                if (!thread.TryWaitUntilStopped(deadline))
                {
                    return false;
                }
            }
        }
        while (threads.Count > before);
        return true;
    }
}
