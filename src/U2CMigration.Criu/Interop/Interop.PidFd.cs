using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>pidfd_open(2) (Linux 5.3), pidfd_send_signal(2) (Linux 5.1), kill(2), poll(2), waitpid(2).</summary>
/// <remarks>A pidfd names one process for good: a signal sent through it can not hit a process that took over the number.</remarks>
internal static partial class PidFd
{
    internal const int Kill = 9;
    internal const int Stop = 19;
    internal const int Continue = 18;

    private const short Readable = 1;
    private const nint OpenCall = 434;
    private const nint SendSignalCall = 424;
    private const nint GetDescriptorCall = 438;

    /// <summary>Opens a process; invalid when it does not exist.</summary>
    internal static SafeFileHandle Open(int processId) => new(syscall(OpenCall, processId, 0, 0, 0), ownsHandle: true);

    /// <summary>Takes a descriptor out of a process (pidfd_getfd, Linux 5.6; PTRACE_MODE_ATTACH), closed on exec here.</summary>
    /// <exception cref="IOException">The process is gone, has no such descriptor, or may not be traced.</exception>
    internal static nint TakeDescriptor(SafeFileHandle process, int descriptor)
    {
        nint taken = process.IsInvalid ? -1 : syscall(GetDescriptorCall, process.DangerousGetHandle(), descriptor, 0, 0);
        return taken >= 0 ? taken : throw new IOException($"Descriptor {descriptor} of another process cannot be taken (pidfd_getfd): {Errno.Describe(Marshal.GetLastPInvokeError())}. It may have ended, or tracing is not allowed (kernel.yama.ptrace_scope).");
    }

    /// <summary>Sends a signal; false when the process is gone.</summary>
    internal static bool TrySignal(SafeFileHandle process, int signal) =>
        syscall(SendSignalCall, process.DangerousGetHandle(), signal, 0, 0) == 0;

    /// <summary>Whether the process has ended; a pidfd becomes readable then (Linux 5.3).</summary>
    internal static unsafe bool HasEnded(SafeFileHandle process)
    {
        var request = new PollRequest { Descriptor = (int)process.DangerousGetHandle(), Events = Readable };
        return poll(&request, 1, 0) > 0;
    }

    /// <summary>Sends a signal to every process of a group; false when there is none.</summary>
    internal static bool TrySignalGroup(int group, int signal) => kill(-group, signal) == 0;

    /// <summary>Waits until a child has ended, without collecting it: its number stays taken.</summary>
    /// <remarks>Not with waitid(2): that also returns when the child stops under ptrace, if a thread of this very process is the tracer.</remarks>
    internal static unsafe void WaitForEnd(int processId)
    {
        using SafeFileHandle process = Open(processId);
        if (process.IsInvalid)
        {
            return;
        }

        var request = new PollRequest { Descriptor = (int)process.DangerousGetHandle(), Events = Readable };
        while (poll(&request, 1, -1) < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted)
        {
        }
    }

    /// <summary>Collects a child that has ended and returns its wait status; null when someone else collected it.</summary>
    internal static unsafe int? Collect(int processId)
    {
        int status;
        while (waitpid(processId, &status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
            {
                return null;
            }
        }

        return status;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int waitpid(int processId, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int poll(PollRequest* requests, nuint count, int milliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        internal int Descriptor;
        internal short Events;
        internal short Answers;
    }
}
