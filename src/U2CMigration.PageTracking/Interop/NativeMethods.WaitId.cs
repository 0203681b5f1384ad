// waitid(2), linux/wait.h. __WALL for tracees: Linux 4.7. No privileges.
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const int P_PID = 1;
    internal const int WNOHANG = 1;
    internal const int WSTOPPED = 2;
    internal const int WNOTHREAD = 0x20000000;
    internal const int WALL = 0x40000000;

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    internal static unsafe partial int WaitId(int idType, int id, ChildState* state, int options);

    /// <summary>siginfo_t as waitid fills it: 128 bytes, of which six fields count.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct ChildState
    {
        internal int Signal;
        internal int Error;
        internal int Code;
        private readonly int _padding;

        /// <summary>The thread that changed state; 0 when none did.</summary>
        internal int ThreadId;
        internal uint UserId;

        /// <summary>The signal in the low eight bits, the ptrace event above.</summary>
        internal int Status;
    }
}
