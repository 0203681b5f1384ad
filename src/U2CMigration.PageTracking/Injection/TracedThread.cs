using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Processes;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Injection;

/// <summary>A thread of another process under ptrace. All calls must come from the operating system thread that made the object.</summary>
internal sealed unsafe class TracedThread
{
    private readonly int _threadId;
    private bool _stopped;
    private int _pendingSignal;

    private TracedThread(int threadId) => _threadId = threadId;

    /// <summary>Whether a seccomp policy of the thread has no say while it is held.</summary>
    internal bool SuspendsSeccomp { get; private init; }

    /// <summary>Takes hold of a running thread without stopping it.</summary>
    /// <exception cref="PageTrackingException">It is gone, traced by another process, or must not be traced.</exception>
    internal static TracedThread Seize(int threadId)
    {
        // With the filter suspended, a target whose seccomp policy kills on userfaultfd survives the call. Only the administrator of the machine may ask for it.
        bool suspends = Ptrace(PTRACE_SEIZE, threadId, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_SUSPEND_SECCOMP) >= 0;
        if (!suspends && Ptrace(PTRACE_SEIZE, threadId, 0, PTRACE_O_TRACESYSGOOD) < 0)
        {
            throw Failure("PTRACE_SEIZE", threadId, Marshal.GetLastPInvokeError());
        }

        return new TracedThread(threadId) { SuspendsSeccomp = suspends };
    }

    /// <summary>Takes hold of a thread and asks it to stop, without waiting until it does. Its seccomp filter stays in force.</summary>
    /// <returns>Null when the thread is gone.</returns>
    /// <exception cref="PageTrackingException">It is traced by another process, or must not be traced.</exception>
    internal static TracedThread? TryInterrupt(int threadId)
    {
        if (Ptrace(PTRACE_SEIZE, threadId, 0, 0) >= 0)
        {
            // Fails only when the thread is gone.
            _ = Ptrace(PTRACE_INTERRUPT, threadId, 0, 0);
            return new TracedThread(threadId);
        }

        int error = Marshal.GetLastPInvokeError();
        return error == Errno.ESRCH || HasEnded(threadId) ? null : throw Failure("PTRACE_SEIZE", threadId, error);
    }

    /// <summary>Waits until a thread that was asked to has stopped, for whatever reason, or is gone.</summary>
    /// <param name="deadline">The timestamp at which to give up.</param>
    /// <returns>False at the deadline.</returns>
    internal bool TryWaitUntilStopped(long deadline)
    {
        SpinWait spinner = default;
        SignalInformation information = default;
        while (Ptrace(PTRACE_GETSIGINFO, _threadId, 0, (nint)(&information)) < 0)
        {
            if (IsGone() || HasEnded(_threadId))
            {
                return true;
            }

            if (Stopwatch.GetTimestamp() > deadline)
            {
                return false;
            }

            spinner.SpinOnce(sleep1Threshold: 200);
        }

        TakeNews();
        _pendingSignal = StopReason.Of(information.Signal, information.Code).Signal;
        return true;
    }

    /// <summary>Stops the running thread where it handles signals: its registers may be changed there, and it restarts an interrupted system call after it.</summary>
    /// <param name="patience">How long it may take.</param>
    internal void Stop(TimeSpan patience)
    {
        Request(PTRACE_INTERRUPT);
        WaitForEventStop(patience);
    }

    /// <summary>Takes the thread from a system call stop to where it handles signals, without executing anything of the program.</summary>
    internal void LeaveSystemCall()
    {
        Request(PTRACE_INTERRUPT);
        if (_stopped)
        {
            Resume(PTRACE_CONT);
        }

        WaitForEventStop(UserfaultfdInjection.Patience);
    }

    /// <summary>Lets the stopped thread run to the next entry into or exit from a system call.</summary>
    internal void RunToSystemCall()
    {
        StopReason reason = default;
        do
        {
            // SIGSTOP can not be blocked: hand it on, the process stops for it when it is let go.
            Resume(PTRACE_SYSCALL, reason.Signal);
            reason = WaitForStop(UserfaultfdInjection.Patience);
        }
        while (!reason.IsSystemCall);
    }

    /// <summary>Lets the stopped thread run on.</summary>
    internal void Continue() => Resume(PTRACE_CONT);

    internal void ReadRegisters(void* registers) => Request(PTRACE_GETREGS, 0, (nint)registers);

    internal void WriteRegisters(void* registers) => Request(PTRACE_SETREGS, 0, (nint)registers);

    internal ulong ReadSignalMask()
    {
        ulong mask;
        Request(PTRACE_GETSIGMASK, sizeof(ulong), (nint)(&mask));
        return mask;
    }

    internal void WriteSignalMask(ulong mask) => Request(PTRACE_SETSIGMASK, sizeof(ulong), (nint)(&mask));

    /// <summary>Whether system calls of the thread go to a handler of its own, as in programs that run foreign ones.</summary>
    internal bool DispatchesSystemCalls()
    {
        // Kernels before 6.4 do not know the request; they do not know asynchronous write-protection either.
        DispatchConfiguration configuration = default;
        return Ptrace(PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG, _threadId, sizeof(DispatchConfiguration), (nint)(&configuration)) >= 0 && configuration.Mode != 0;
    }

    /// <summary>The address of the thread's struct rseq; 0 when it has none.</summary>
    internal ulong ReadRestartableSequence()
    {
        RseqConfiguration configuration = default;
        nint result = Ptrace(PTRACE_GET_RSEQ_CONFIGURATION, _threadId, sizeof(RseqConfiguration), (nint)(&configuration));

        // Kernels without restartable sequences do not know the request: then there is nothing to respect.
        return result < 0 ? 0 : configuration.AbiPointer;
    }

    /// <summary>Lets go. What fails here fails because the thread is gone, or because it never stopped: then the end of the calling thread lets go of it.</summary>
    internal void Detach() => _ = Ptrace(PTRACE_DETACH, _threadId, 0, _pendingSignal);

    private void WaitForEventStop(TimeSpan patience)
    {
        StopReason reason = WaitForStop(patience);
        while (!reason.IsEvent)
        {
            // A signal came first: let the thread have it. The interruption is still pending.
            Resume(PTRACE_CONT, reason.Signal);
            reason = WaitForStop(patience);
        }
    }

    private void Resume(int request, int signal = 0)
    {
        Request(request, data: signal);
        _stopped = false;
    }

    private void Request(int request, nint address = 0, nint data = 0)
    {
        if (Ptrace(request, _threadId, address, data) < 0)
        {
            throw Failure(string.Create(CultureInfo.InvariantCulture, $"ptrace request {request}"), _threadId, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Waits for a stop.</summary>
    /// <remarks>
    /// Not with wait: when the target is a child of this very process, somebody here who waits for its end (System.Diagnostics.Process does) may be handed the
    /// stop instead and swallow it. A request that succeeds only on a stopped thread can not be stolen. The news is then taken at once, lest that
    /// somebody believe that the child has ended.
    /// </remarks>
    private StopReason WaitForStop(TimeSpan patience)
    {
        long started = Stopwatch.GetTimestamp();
        SpinWait spinner = default;
        SignalInformation information = default;
        while (Ptrace(PTRACE_GETSIGINFO, _threadId, 0, (nint)(&information)) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != Errno.ESRCH || IsGone())
            {
                throw Failure("PTRACE_GETSIGINFO", _threadId, error);
            }

            if (Stopwatch.GetElapsedTime(started) > patience)
            {
                throw new PageTrackingException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Process {_threadId} did not stop within {patience.TotalSeconds} s. It is frozen, or stuck in a device: thaw it before tracking begins. The process is as it was."),
                    Errno.ETIMEDOUT);
            }

            // A thread that sleeps stops within microseconds; yielding first finds out without paying for a timer tick.
            spinner.SpinOnce(sleep1Threshold: 200);
        }

        TakeNews();
        _stopped = true;
        return StopReason.Of(information.Signal, information.Code);
    }

    // Never for an end: the exit code belongs to the real parent.
    private void TakeNews()
    {
        SignalInformation ignored;
        _ = WaitId(P_PID, _threadId, &ignored, WSTOPPED | WNOHANG | WALL | WNOTHREAD);
    }

    private bool IsGone()
    {
        SignalInformation ignored;
        return WaitId(P_PID, _threadId, &ignored, WSTOPPED | WNOHANG | WNOWAIT | WALL | WNOTHREAD) < 0 && Marshal.GetLastPInvokeError() == Errno.ECHILD;
    }

    private static bool HasEnded(int threadId) => !ProcessTree.TryReadStat(threadId, out ProcessStat stat) || stat.HasEnded;

    private static PageTrackingException Failure(string call, int threadId, int error) => error switch
    {
        Errno.ESRCH or Errno.ECHILD => SystemCallFailure.Ended(threadId),

        // What the kernel answers of a thread that has ended already and waits for its parent.
        Errno.EPERM when HasEnded(threadId) => SystemCallFailure.Ended(threadId),
        Errno.EPERM => SystemCallFailure.Create(
            call,
            threadId,
            error,
            "Tracing needs CAP_SYS_PTRACE or the same user (see also kernel.yama.ptrace_scope), and no other tracer such as a debugger or strace may be attached."),
        _ => SystemCallFailure.Create(call, threadId, error, "Check that the process may be traced."),
    };
}
