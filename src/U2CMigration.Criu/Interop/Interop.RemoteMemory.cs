// process_vm_writev(2), Linux 3.2. Needs PTRACE_MODE_ATTACH on the process.
using System.Runtime.InteropServices;

namespace U2CMigration.Criu.Interop;

/// <summary>Writes the memory of another process.</summary>
internal static unsafe partial class RemoteMemory
{
    /// <summary>Writes bytes, all of them.</summary>
    /// <exception cref="IOException">There is no writable memory.</exception>
    internal static void Write(int processId, ulong address, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes)
        {
            var local = new Vector { Base = (ulong)source, Length = (ulong)bytes.Length };
            var remote = new Vector { Base = address, Length = (ulong)bytes.Length };
            if (process_vm_writev(processId, &local, 1, &remote, 1, 0) != bytes.Length)
            {
                throw new IOException($"The memory of process {processId} at 0x{address:x} cannot be written: {Errno.Describe(Marshal.GetLastPInvokeError())}.");
            }
        }
    }

    /// <summary>Reads bytes; false when they are not there.</summary>
    internal static bool TryRead(int processId, ulong address, Span<byte> bytes)
    {
        fixed (byte* target = bytes)
        {
            var local = new Vector { Base = (ulong)target, Length = (ulong)bytes.Length };
            var remote = new Vector { Base = address, Length = (ulong)bytes.Length };
            return process_vm_readv(processId, &local, 1, &remote, 1, 0) == bytes.Length;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint process_vm_writev(int processId, Vector* local, nuint localCount, Vector* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint process_vm_readv(int processId, Vector* local, nuint localCount, Vector* remote, nuint remoteCount, nuint flags);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        internal ulong Base;
        internal ulong Length;
    }
}
