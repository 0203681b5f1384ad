// ptrace(2), linux/ptrace.h. PTRACE_SEIZE: Linux 3.4; PTRACE_GETSIGMASK: 3.11; PTRACE_O_SUSPEND_SECCOMP: 4.3; PTRACE_GET_RSEQ_CONFIGURATION: 5.13;
// PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG: 6.4.
// Needs the same user and a dumpable target, or CAP_SYS_PTRACE; suspending seccomp needs CAP_SYS_ADMIN in the first user namespace.
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const int PTRACE_CONT = 7;
    internal const int PTRACE_GETREGS = 12;
    internal const int PTRACE_SETREGS = 13;
    internal const int PTRACE_DETACH = 17;
    internal const int PTRACE_SYSCALL = 24;
    internal const int PTRACE_GETSIGINFO = 0x4202;
    internal const int PTRACE_SEIZE = 0x4206;
    internal const int PTRACE_INTERRUPT = 0x4207;
    internal const int PTRACE_GETSIGMASK = 0x420a;
    internal const int PTRACE_SETSIGMASK = 0x420b;
    internal const int PTRACE_GET_RSEQ_CONFIGURATION = 0x420f;
    internal const int PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG = 0x4211;

    internal const nint PTRACE_O_TRACESYSGOOD = 1;
    internal const nint PTRACE_O_SUSPEND_SECCOMP = 1 << 21;
    internal const int PTRACE_EVENT_STOP = 128;

    /// <summary>Marks the SIGTRAP of a system call stop when PTRACE_O_TRACESYSGOOD is set.</summary>
    internal const int PTRACE_SYSCALL_BIT = 0x80;

    internal const int SIGTRAP = 5;

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    internal static partial nint Ptrace(long request, long threadId, nint address, nint data);

    /// <summary>Whether system calls of a thread go to a handler of its own (struct ptrace_sud_config, prctl(PR_SET_SYSCALL_USER_DISPATCH)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct DispatchConfiguration
    {
        /// <summary>0 when they do not.</summary>
        internal ulong Mode;
        internal ulong Selector;
        internal ulong Offset;
        internal ulong Length;
    }

    /// <summary>Where a thread keeps its restartable sequence (struct ptrace_rseq_configuration).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RseqConfiguration
    {
        /// <summary>The address of the thread's struct rseq, or 0.</summary>
        internal ulong AbiPointer;

        /// <summary>The size of that structure in bytes.</summary>
        internal uint AbiSize;
        internal uint Signature;
        internal uint Flags;
        internal uint Padding;
    }
}
