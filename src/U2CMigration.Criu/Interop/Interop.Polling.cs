using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>poll(2), eventfd(2) (Linux 2.6.27). No privileges.</summary>
internal static partial class Polling
{
    internal const short Readable = 1;

    private const int Interrupted = 4;
    private const int NonBlockingCloseOnExec = 0x80800;

    /// <summary>Waits until a descriptor is readable; returns how many are.</summary>
    /// <param name="entries">The descriptors; their results are written back.</param>
    /// <param name="timeoutMilliseconds">0 looks only, -1 waits without limit.</param>
    internal static unsafe int Wait(Span<PollEntry> entries, int timeoutMilliseconds)
    {
        fixed (PollEntry* first = entries)
        {
            int ready = poll(first, (nuint)entries.Length, timeoutMilliseconds);
            if (ready < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                int errno = Marshal.GetLastPInvokeError();
                throw new CriuException($"poll failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).", "LAZY_PAGES", errno);
            }

            if (ready < 0)
            {
                // After an interruption the results are not written: without this the old ones would be taken for new.
                foreach (ref PollEntry entry in entries)
                {
                    entry.Results = 0;
                }
            }

            return int.Max(ready, 0);
        }
    }

    /// <summary>Makes a counter that another thread can raise to end a wait.</summary>
    internal static SafeFileHandle CreateSignal()
    {
        SafeFileHandle signal = eventfd(0, NonBlockingCloseOnExec);
        if (signal.IsInvalid)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new CriuException($"eventfd failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}). Check the limit of open files (ulimit -n).", "LAZY_PAGES", errno);
        }

        return signal;
    }

    /// <summary>Raises a signal.</summary>
    internal static unsafe void Raise(SafeFileHandle signal)
    {
        ulong one = 1;
        _ = write(signal, &one, sizeof(ulong));
    }

    /// <summary>Lowers a signal.</summary>
    internal static unsafe void Lower(SafeFileHandle signal)
    {
        ulong count;
        _ = read(signal, &count, sizeof(ulong));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial SafeFileHandle eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(SafeFileHandle descriptor, void* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(SafeFileHandle descriptor, void* buffer, nuint count);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Descriptor;
        internal short Wanted;
        internal short Results;
    }
}
