using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Criu.Interop;

/// <summary>setns(2) (Linux 3.0) of the calling thread. Needs CAP_SYS_ADMIN.</summary>
internal static partial class Namespace
{
    private const int NewNetwork = 0x40000000;

    /// <summary>Runs a piece of code in a network namespace, on a thread of its own that ends with it.</summary>
    /// <remarks>The namespace belongs to the thread, so a thread of the pool must never enter one: later work would run there too.</remarks>
    internal static T RunInNetwork<T>(string? networkNamespace, Func<T> code)
    {
        if (networkNamespace is null)
        {
            return code();
        }

        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                EnterNetwork(networkNamespace);
                result = code();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })
        { IsBackground = true, Name = "criu network namespace" };
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        return result;
    }

    private static void EnterNetwork(string path)
    {
        using SafeFileHandle handle = File.OpenHandle(path);
        if (setns(handle, NewNetwork) != 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            throw new IOException($"The network namespace '{path}' cannot be entered: {Errno.Describe(errno)}. It needs CAP_SYS_ADMIN and a path such as /proc/PID/ns/net.");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle fd, int type);
}
