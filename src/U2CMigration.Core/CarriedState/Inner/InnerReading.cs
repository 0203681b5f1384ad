using System.Globalization;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Injection;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.CarriedState.Inner;

/// <summary>What the threads of a running tree say of themselves, each stopped for some tenths of a millisecond.</summary>
internal sealed class InnerReading
{
    /// <summary>Of a process with more threads only so many are asked; the others are taken to be like the first.</summary>
    private const int MostThreads = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>What each thread has, by the number of the thread on this host.</summary>
    public Dictionary<int, Dictionary<string, long>> Values { get; } = [];

    /// <summary>Threads that may do less than their user: a sandbox that the kernel does not show.</summary>
    public List<int> Restricted { get; } = [];

    /// <summary>Processes that cannot be asked, and why.</summary>
    public List<string> Unasked { get; } = [];

    /// <summary>Processes that could not be asked in this moment, and why.</summary>
    public List<string> Missed { get; } = [];

    /// <summary>Asks all threads of some processes.</summary>
    /// <param name="processIds">The processes; those that end meanwhile are left out.</param>
    /// <param name="probe">Tells of a thread whether it is restricted.</param>
    public static Task<InnerReading> TakeAsync(IReadOnlyCollection<int> processIds, LandlockProbe probe)
    {
        var done = new TaskCompletionSource<InnerReading>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                // The kernel accepts ptrace calls only from the thread that attached, so one does it all.
                using var pause = new StopSignalPause();
                var reading = new InnerReading();
                foreach (int processId in X64SystemCall.IsSupported ? processIds : [])
                {
                    reading.Ask(processId, probe);
                }

                done.SetResult(reading);
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "attributes" };
        thread.Start();
        return done.Task;
    }

    /// <summary>What a thread has; one that came later has what its process had, or its parent's.</summary>
    public IReadOnlyDictionary<string, long> Of(int threadId, int processId)
    {
        for (int known = threadId; known > 0;)
        {
            if (Values.TryGetValue(known, out Dictionary<string, long>? values))
            {
                return values;
            }

            known = known != processId && known == threadId ? processId : ProcessTree.TryReadStat(known, out ProcessStat stat) ? stat.ParentProcessId : 0;
        }

        return new Dictionary<string, long>();
    }

    private void Ask(int processId, LandlockProbe probe)
    {
        if (FreezerState.IsFrozen(processId))
        {
            // Nothing can be asked of it, and tracking it will be refused.
            return;
        }

        try
        {
            EntryInstructions instructions = EntryInstructions.Find(processId);
            int asked = 0;
            foreach (int threadId in ProcessTree.Threads(processId))
            {
                if (asked++ < MostThreads)
                {
                    Ask(threadId, instructions, probe);
                }
            }
        }
        catch (PageTrackingException e)
        {
            // What has ended needs nothing any more; what does not let itself be entered is named.
            if (e.ErrorNumber != Errno.ESRCH && ProcessTree.TryReadStat(processId, out ProcessStat stat) && !stat.HasEnded)
            {
                // Busy or traced for a moment, by our own tracker for example: no reason to lose anything.
                bool passes = e.ErrorNumber is Errno.ETIMEDOUT or Errno.EPERM;
                (passes ? Missed : Unasked).Add(string.Create(CultureInfo.InvariantCulture, $"Process {processId} could not be asked for what only it knows (memory deny write execute, a Landlock sandbox), which may be lost: {e.Message}"));
            }
        }
    }

    private void Ask(int threadId, EntryInstructions instructions, LandlockProbe probe)
    {
        TracedThread thread = TracedThread.Seize(threadId);
        try
        {
            X64SystemCall call = UserfaultfdInjection.StopOutsideSequence(thread, threadId, instructions, Patience);
            UserfaultfdInjection.RefuseUnlessSafe(thread, call, threadId);

            // No handler may run while the registers are ours.
            ulong mask = thread.ReadSignalMask();
            thread.WriteSignalMask(ulong.MaxValue);
            try
            {
                Values[threadId] = Read(call);
                if (probe.CallFor(threadId) is { } check && Invoke(call, check) < 0)
                {
                    Restricted.Add(threadId);
                }
            }
            finally
            {
                UserfaultfdInjection.GiveBack(thread, call, mask, threadId);
            }
        }
        catch (PageTrackingException e) when (e.ErrorNumber == Errno.ESRCH)
        {
            // A thread that ends while the others go on.
        }
        finally
        {
            thread.Detach();
        }
    }

    private static Dictionary<string, long> Read(X64SystemCall call)
    {
        var values = new Dictionary<string, long>();
        foreach (InnerAttribute attribute in InnerAttributes.All)
        {
            // Sent only where it is not what everybody has; below zero this kernel or this processor does not have it.
            if (Invoke(call, attribute.Read) is >= 0 and var value && value != attribute.Usual)
            {
                values[attribute.Name] = value;
            }
        }

        return values;
    }

    private static long Invoke(X64SystemCall call, InnerCall what) =>
        call.UsesNumbersOf32Bit ? (int)call.Invoke(what.NumberOf32Bit, what.First, what.Second, what.Third) : call.Invoke(what.Number, what.First, what.Second, what.Third);
}
