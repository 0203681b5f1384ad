using System.Runtime.InteropServices;

namespace U2CMigration.Criu.Interop;

/// <summary>waitid(2) for the stops of a traced child.</summary>
internal static unsafe partial class ChildStop
{
    private const int ByProcess = 1;
    private const int Stopped = 2;
    private const int Exited = 4;
    private const int KeepWaitable = 0x01000000;
    private const int AllChildren = 0x40000000;
    private const int CodeTrapped = 4;
    private const int CodeStopped = 5;

    /// <summary>Waits until a traced child has stopped, and tells by which signal; the event of a stop by PTRACE_INTERRUPT is in the bits above the eighth.</summary>
    /// <exception cref="IOException">It has ended. It can still be collected.</exception>
    internal static int Wait(int processId)
    {
        // In two steps, so that an end is left for the one who collects the child.
        if (Ask(processId, Stopped | Exited | KeepWaitable).Code is not (CodeTrapped or CodeStopped))
        {
            throw new IOException($"Process {processId} has ended.");
        }

        return Ask(processId, Stopped).Status;
    }

    private static Information Ask(int processId, int options)
    {
        Information information = default;
        while (waitid(ByProcess, processId, &information, options | AllChildren) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.Interrupted)
            {
                throw new IOException($"waitid of process {processId} failed: {Errno.Describe(errno)}.");
            }
        }

        return information;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int idType, int id, Information* information, int options);

    /// <summary>siginfo_t, as far as waitid fills it: signal, errno and code, then process, user and status.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct Information
    {
        internal int Signal;
        internal int Error;
        internal int Code;
        internal int Padding;
        internal int ProcessId;
        internal int UserId;
        internal int Status;
    }
}
