using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Processes;
using U2CMigration.PageTracking.Reading;

namespace U2CMigration.PageTracking.Injection;

/// <summary>
/// Gets a userfaultfd that belongs to the address space of an unmodified process: its main thread is stopped for about a tenth of a millisecond and made to
/// create one, which is copied out and closed there.
/// </summary>
internal static class UserfaultfdInjection
{
    private const int AttemptsOutsideSequence = 100;

    /// <summary>Long for a thread on a busy machine, short for somebody who waits: only a frozen thread, or one stuck in a driver, takes it.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Creates the descriptor.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="process">The same process as a descriptor.</param>
    /// <param name="patience">How long its main thread may take to stop.</param>
    /// <param name="stopped">How long its main thread was held.</param>
    /// <exception cref="PageTrackingException">The process is gone, traced, frozen, without code that can be used, or out of descriptors; it is as it was.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on x86-64.</exception>
    internal static SafeFileHandle Create(int processId, SafeFileHandle process, TimeSpan patience, out TimeSpan stopped)
    {
        if (!X64SystemCall.IsSupported)
        {
            throw new PlatformNotSupportedException("Write-protect tracking enters processes on Linux x86-64 only.");
        }

        RefuseIfTracedOrFrozen(processId);
        EntryInstructions instructions = EntryInstructions.Find(processId);

        // The kernel accepts ptrace calls only from the thread that attached, so one thread does it all; its end lets go of the target whatever happened.
        SafeFileHandle? created = null;
        ExceptionDispatchInfo? failure = null;
        TimeSpan held = default;
        Thread thread = new(() =>
        {
            try
            {
                created = CreateOnThisThread(processId, process, instructions, patience, out held);
            }
            catch (PageTrackingException e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
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
        return created!;
    }

    /// <summary>Refuses what no way of tracking should pass over: a debugger is at work, or somebody wants the process to stand still.</summary>
    /// <exception cref="PageTrackingException">The process is traced or frozen; it is as it was.</exception>
    internal static void RefuseIfTracedOrFrozen(int processId)
    {
        RefuseIfTraced(processId);
        if (FreezerState.IsFrozen(processId))
        {
            throw new PageTrackingException(string.Create(
                CultureInfo.InvariantCulture,
                $"Process {processId} is frozen by its control group. A frozen process can not be entered: thaw it before tracking begins. The process is as it was."));
        }
    }

    private static SafeFileHandle CreateOnThisThread(int processId, SafeFileHandle process, EntryInstructions instructions, TimeSpan patience, out TimeSpan stopped)
    {
        TracedThread thread = TracedThread.Seize(processId);
        try
        {
            long started = Stopwatch.GetTimestamp();
            X64SystemCall call = StopOutsideSequence(thread, processId, instructions, patience);
            RefuseUnlessSafe(thread, call, processId);
            SafeFileHandle created = CreateInside(thread, call, processId, process);
            stopped = Stopwatch.GetElapsedTime(started);
            return created;
        }
        finally
        {
            thread.Detach();
        }
    }

    /// <summary>Stops a thread where its registers may be changed.</summary>
    internal static X64SystemCall StopOutsideSequence(TracedThread thread, int processId, EntryInstructions instructions, TimeSpan patience)
    {
        for (int attempt = 0; attempt < AttemptsOutsideSequence; attempt++)
        {
            thread.Stop(patience);
            X64SystemCall call = new(thread, instructions);
            if (!RestartableSequence.IsInside(processId, thread.ReadRestartableSequence(), call.InstructionPointer))
            {
                return call;
            }

            thread.Continue();
        }

        throw new PageTrackingException(string.Create(
            CultureInfo.InvariantCulture,
            $"Process {processId} was inside a restartable sequence {AttemptsOutsideSequence} times in a row. The process is as it was; try again."));
    }

    /// <summary>Looks while the thread is held at what would kill it: a policy that can not be suspended, a handler in between, and code that is gone since it was found.</summary>
    internal static void RefuseUnlessSafe(TracedThread thread, X64SystemCall call, int processId)
    {
        if (!thread.SuspendsSeccomp && ProcessTree.HasSeccomp(processId))
        {
            throw new PageTrackingException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Process {processId} has a seccomp policy, which may kill it for what entering it takes, and this program may not suspend it: that needs CAP_SYS_ADMIN and no seccomp policy of its own. The process is as it was."),
                Errno.EACCES);
        }

        if (thread.DispatchesSystemCalls())
        {
            throw new PageTrackingException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Process {processId} has its system calls dispatched to a handler of its own (PR_SET_SYSCALL_USER_DISPATCH), which would take those that entering it needs. The process is as it was."),
                Errno.EACCES);
        }

        if (!EntryInstructions.IsAt(processId, call.Instruction))
        {
            // It has executed another program since the instruction was found: led there now, it would die.
            throw SystemCallFailure.Ended(processId);
        }
    }

    private static SafeFileHandle CreateInside(TracedThread thread, X64SystemCall call, int processId, SafeFileHandle process)
    {
        // No handler may run while the registers are ours.
        ulong mask = thread.ReadSignalMask();
        thread.WriteSignalMask(ulong.MaxValue);
        try
        {
            const long Flags = NativeMethods.O_CLOEXEC | NativeMethods.O_NONBLOCK;
            long descriptor = call.InvokeUserfaultfd(Flags);
            if (descriptor == -Errno.EPERM)
            {
                // An unprivileged target may not handle faults of the kernel; asynchronous protection never asks for a handler, so nothing is lost.
                descriptor = call.InvokeUserfaultfd(Flags | NativeMethods.UFFD_USER_MODE_ONLY);
            }

            if (descriptor < 0)
            {
                throw Refused(processId, (int)-descriptor);
            }

            SafeFileHandle? copy = PidFd.TryCopyDescriptor(process, (int)descriptor, out int error);
            call.InvokeClose(descriptor);
            return copy ?? throw SystemCallFailure.Create("pidfd_getfd", processId, error, "It needs Linux 5.6 and CAP_SYS_PTRACE; this process may also be out of descriptors.");
        }
        finally
        {
            GiveBack(thread, call, mask, processId);
        }
    }

    /// <summary>Gives a thread back what it had, so that it continues as if nothing had happened.</summary>
    internal static void GiveBack(TracedThread thread, X64SystemCall call, ulong mask, int processId)
    {
        try
        {
            thread.LeaveSystemCall();
            call.Restore();
            thread.WriteSignalMask(mask);
        }
        catch (PageTrackingException e) when (e.ErrorNumber == Errno.ESRCH)
        {
            // It was killed meanwhile: nothing is left to give back, and what failed first is the better message.
        }
        catch (PageTrackingException e) when (e.ErrorNumber == Errno.ETIMEDOUT)
        {
            throw new PageTrackingException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Process {processId} could not be given its registers back: it did not stop, as if it had been frozen with SIGKILL pending or hung in the kernel. It will probably not run on correctly; check it before anything else."),
                Errno.ETIMEDOUT,
                e);
        }
    }

    private static void RefuseIfTraced(int processId)
    {
        if (ProcessTree.TryReadStatus(processId) is { TracerProcessId: not 0 } status)
        {
            throw new PageTrackingException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Process {processId} ({status.Name}) is already traced by process {status.TracerProcessId} (a debugger or strace?). A process has one tracer at a time: detach that one and try again. The process runs on unharmed."),
                Errno.EPERM);
        }
    }

    private static PageTrackingException Refused(int processId, int error) => SystemCallFailure.Create(
        "userfaultfd",
        processId,
        error,
        error switch
        {
            Errno.EMFILE => "The process has no free descriptor for a moment's use: raise its RLIMIT_NOFILE.",
            Errno.ENOSYS => "The kernel needs CONFIG_USERFAULTFD.",
            _ => "Check the seccomp policy of the process, vm.unprivileged_userfaultfd, and that this program has CAP_SYS_ADMIN to suspend seccomp.",
        });
}
