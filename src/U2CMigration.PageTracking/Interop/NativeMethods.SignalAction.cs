// sigaction(2), signal.h of glibc on 64-bit Linux. No privileges.
using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Interop;

internal static partial class NativeMethods
{
    internal const int SIGCHLD = 17;
    internal const int SA_NOCLDSTOP = 1;

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    internal static unsafe partial int SignalAction(int signal, SignalActionArguments* wanted, SignalActionArguments* before);

    /// <summary>struct sigaction: 152 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct SignalActionArguments
    {
        /// <summary>0 for the default action, 1 to ignore the signal.</summary>
        internal nint Handler;
        internal fixed byte Mask[128];
        internal int Flags;
        private readonly int _padding;
        internal nint Restorer;
    }
}
