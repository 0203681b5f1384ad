// setns(2) into a network namespace, for one thread. Needs CAP_SYS_ADMIN.
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Core.Interop;

/// <summary>Does something in the network namespace of a process.</summary>
internal static partial class NetworkNamespace
{
    private const int NewNetwork = 0x40000000;

    /// <summary>Whether a process has another network namespace than this one; false when it is gone.</summary>
    public static bool IsOther(int processId) => Link($"{processId}") is { } its && its != Link("self");

    /// <summary>The namespace of this thread, where it is another one than that of this process; null otherwise.</summary>
    public static SafeFileHandle? TryOpenOfThread() => Link("thread-self") is { } its && its != Link("self") ? File.OpenHandle("/proc/thread-self/ns/net") : null;

    /// <summary>Runs something there: right away where it is the namespace of this process, else on a thread that ends afterwards, as no other work may run on it.</summary>
    /// <exception cref="IOException">The namespace cannot be entered.</exception>
    public static void Run(int processId, Action action)
    {
        if (!IsOther(processId))
        {
            action();
            return;
        }

        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using SafeFileHandle theirs = File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/net"));
                if (setns(theirs, NewNetwork) != 0)
                {
                    throw new IOException($"The network namespace of process {processId} cannot be entered: {Marshal.GetLastPInvokeErrorMessage()}. CAP_SYS_ADMIN is needed.");
                }

                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw failure as IOException ?? new IOException(failure.Message, failure);
        }
    }

    private static string? Link(string process)
    {
        try
        {
            return new FileInfo($"/proc/{process}/ns/net").LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle descriptor, int kind);
}
