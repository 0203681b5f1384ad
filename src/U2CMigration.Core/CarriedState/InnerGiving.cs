using System.Globalization;
using System.Runtime.InteropServices;
using U2CMigration.Core.CarriedState.Attributes;
using U2CMigration.Core.CarriedState.Inner;
using U2CMigration.Core.FileLocks;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Injection;
using U2CMigration.PageTracking.Interop;

namespace U2CMigration.Core.CarriedState;

/// <summary>Makes held tasks give themselves what only they can: interval timers for once, personality, attributes of prctl(2), seals of mappings, in this order.</summary>
internal sealed class InnerGiving(CarriedTree tree, IReadOnlyList<IntervalTimer> timers, Func<int, int> here)
{
    private const string PersonalityName = "personality";
    private const long SetIntervalTimer = 38;
    private const long SetPersonality = 135;

    private readonly Dictionary<int, EnteredTask> _entered = [];
    private readonly List<string> _warnings = [];
    private readonly List<string> _lostProtections = [];

    /// <summary>What could not be given, a sentence each.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The protections among it.</summary>
    public IReadOnlyList<string> LostProtections => _lostProtections;

    /// <summary>Gives all of it, on a thread of its own, as ptrace demands.</summary>
    public Task RunAsync()
    {
        if (!EnteredTask.IsSupported)
        {
            return Task.CompletedTask;
        }

        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                using var pause = new StopSignalPause();
                Give();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        })
        { IsBackground = true, Name = "carried state" };
        thread.Start();
        return done.Task;
    }

    private void Give()
    {
        try
        {
            foreach (IntervalTimer timer in timers)
            {
                Try(timer.ProcessId, $"interval timer {timer.Kind}", isProtection: false, task => Start(task, timer));
            }

            foreach (CarriedThreads threads in tree.Threads)
            {
                foreach (int thread in threads.ThreadIds)
                {
                    Give(thread, threads);
                }
            }

            foreach (CarriedProcess process in tree.Processes.Where(static process => process.Sealed.Count > 0))
            {
                Try(process.ProcessId, "seals of mappings", isProtection: true, task => Seal(task, process.Sealed));
            }
        }
        finally
        {
            foreach (EnteredTask task in _entered.Values)
            {
                task.Leave();
            }
        }
    }

    private void Give(int thread, CarriedThreads wanted)
    {
        if (wanted.Attributes.TryGetValue(PersonalityName, out string? personality) && ProcText.TryRead(here(thread), PersonalityName) != personality)
        {
            Try(thread, $"{PersonalityName} {personality}", isProtection: false, task =>
                task.Call(SetPersonality, long.Parse(personality, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)));
        }

        foreach (InnerAttribute attribute in InnerAttributes.All)
        {
            if (!wanted.Inner.TryGetValue(attribute.Name, out long value))
            {
                continue;
            }

            Try(thread, $"{attribute.Name} ({value})", attribute.IsProtection, task =>
            {
                if (Invoke(task, attribute.Read) == value)
                {
                    return 0;
                }

                long answer = Invoke(task, attribute.Set(value));
                long now = Invoke(task, attribute.Read);
                return now == value ? 0 : answer < 0 ? answer : -Errno.EINVAL;
            });
        }
    }

    private void Try(int number, string what, bool isProtection, Func<EnteredTask, long> code)
    {
        string? reason = null;
        try
        {
            int id = here(number);
            if (!_entered.TryGetValue(id, out EnteredTask? task))
            {
                _entered.Add(id, task = EnteredTask.Enter(id));
            }

            long answer = code(task);
            reason = answer < 0 ? $"{Marshal.GetPInvokeErrorMessage((int)-answer)} (errno {-answer})" : null;
        }
        catch (Exception e) when (e is PageTrackingException or InvalidOperationException or IOException)
        {
            reason = e.Message;
        }

        if (reason is not null)
        {
            (isProtection ? _lostProtections : _warnings).Add(string.Create(CultureInfo.InvariantCulture, $"Thread {number} could not be given its {what} on the destination: {reason}."));
        }
    }

    private static long Start(EnteredTask task, IntervalTimer timer)
    {
        // struct itimerval: no interval, then what is left, in seconds and microseconds.
        long[] value = [0, 0, timer.Left.Ticks / TimeSpan.TicksPerSecond, timer.Left.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond];
        return task.Call(SetIntervalTimer, timer.Kind, task.Place(MemoryMarshal.AsBytes<long>(value)));
    }

    private static long Seal(EnteredTask task, IReadOnlyList<ulong> ranges)
    {
        long answer = 0;
        for (int i = 0; i + 1 < ranges.Count && answer >= 0; i += 2)
        {
            answer = task.Call(SealedMappings.SystemCall, (long)ranges[i], (long)(ranges[i + 1] - ranges[i]));
        }

        return answer;
    }

    private static long Invoke(EnteredTask task, InnerCall call) => task.Call(call.Number, call.First, call.Second, call.Third);
}
