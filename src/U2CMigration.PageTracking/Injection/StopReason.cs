using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Injection;

/// <summary>Why a traced thread stopped.</summary>
/// <param name="IsEvent">It was interrupted, or its process is stopped: nothing is in flight, and registers may be changed.</param>
/// <param name="IsSystemCall">It enters or leaves a system call.</param>
/// <param name="Signal">Else the signal that is about to be delivered and must be passed on; 0 for the other reasons.</param>
internal readonly record struct StopReason(bool IsEvent, bool IsSystemCall, int Signal)
{
    /// <summary>Reads what PTRACE_GETSIGINFO tells: for stops made by ptrace, the code holds the signal and above it the event.</summary>
    internal static StopReason Of(int signal, int code)
    {
        bool isEvent = code >> 8 == PTRACE_EVENT_STOP;
        bool isSystemCall = signal == SIGTRAP && code == (SIGTRAP | PTRACE_SYSCALL_BIT);
        return new StopReason(isEvent, isSystemCall, isEvent || isSystemCall ? 0 : signal);
    }
}
