using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.PageTracking.Interop;

/// <summary>Process descriptors: a name for a process that is never given to another one.</summary>
internal static class PidFd
{
    /// <exception cref="PageTrackingException">There is no such process.</exception>
    internal static SafeFileHandle Open(int processId)
    {
        nint descriptor = NativeMethods.SystemCall(NativeMethods.SYS_pidfd_open, processId, 0);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw error is Errno.ESRCH or Errno.EINVAL
                ? SystemCallFailure.Ended(processId)
                : SystemCallFailure.Create("pidfd_open", processId, error, "It needs Linux 5.3.");
        }

        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Whether the process can still run; a zombie that waits for its parent can still be signalled and counts as alive.</summary>
    internal static bool IsKnown(SafeFileHandle process)
    {
        nint result = NativeMethods.SystemCall(NativeMethods.SYS_pidfd_send_signal, process, 0, 0, 0);
        return result == 0 || Marshal.GetLastPInvokeError() != Errno.ESRCH;
    }

    /// <summary>A copy of a descriptor of another process. The caller decides what a failure means.</summary>
    internal static SafeFileHandle? TryCopyDescriptor(SafeFileHandle process, int descriptor, out int errorNumber)
    {
        nint copy = NativeMethods.SystemCall(NativeMethods.SYS_pidfd_getfd, process, descriptor, 0, 0);
        errorNumber = copy < 0 ? Marshal.GetLastPInvokeError() : 0;
        return copy < 0 ? null : new SafeFileHandle(copy, ownsHandle: true);
    }
}
