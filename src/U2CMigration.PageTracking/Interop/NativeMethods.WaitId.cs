// waitid(2), linux/wait.h. __WALL for tracees: Linux 4.7. No privileges.
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const int P_PID = 1;
    internal const int WNOHANG = 1;
    internal const int WSTOPPED = 2;
    internal const int WNOWAIT = 0x1000000;
    internal const int WNOTHREAD = 0x20000000;
    internal const int WALL = 0x40000000;

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    internal static unsafe partial int WaitId(int idType, int id, SignalInformation* state, int options);

    /// <summary>siginfo_t: 128 bytes, of which the first three fields are common to all signals.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct SignalInformation
    {
        internal int Signal;
        internal int Error;
        internal int Code;
    }
}
