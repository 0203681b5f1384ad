using System.Runtime.InteropServices;

namespace U2CMigration.Core.Interop;

/// <summary>kill(2).</summary>
internal static partial class Signals
{
    public const int Stop = 19;
    public const int Continue = 18;
    public const int Kill = 9;

    /// <summary>Sends a signal; a process that is gone counts as done.</summary>
    public static void Send(int processId, int signal)
    {
        const int NoSuchProcess = 3;
        if (SendTo(processId, signal) != 0 && Marshal.GetLastPInvokeError() is var error && error != NoSuchProcess)
        {
            throw new IOException($"kill({processId}, {signal}) failed: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendTo(int processId, int signal);
}
