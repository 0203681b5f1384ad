// process_vm_readv(2), Linux 3.2. Needs PTRACE_MODE_ATTACH on the process.
using System.Runtime.InteropServices;

namespace U2CMigration.Criu.Interop;

/// <summary>Reads the memory of another process.</summary>
internal static unsafe partial class RemoteMemory
{
    /// <summary>Reads a text that ends with a zero byte; empty when it is not there or longer than the buffer.</summary>
    internal static ReadOnlySpan<byte> ReadText(int processId, ulong address, Span<byte> buffer)
    {
        // In two parts at the border of pages: the second page may not exist, and a part is read as a whole or not at all.
        ulong rest = (ulong)Environment.SystemPageSize - (address & (ulong)(Environment.SystemPageSize - 1));
        ulong first = Math.Min(rest, (ulong)buffer.Length);
        fixed (byte* target = buffer)
        {
            var local = new Vector { Base = (ulong)target, Length = (ulong)buffer.Length };
            Vector* remote = stackalloc Vector[2];
            remote[0] = new Vector { Base = address, Length = first };
            remote[1] = new Vector { Base = address + first, Length = (ulong)buffer.Length - first };
            nint read = process_vm_readv(processId, &local, 1, remote, 2, 0);
            ReadOnlySpan<byte> text = buffer[..(int)Math.Max(read, 0)];
            int end = text.IndexOf((byte)0);
            return end < 0 ? [] : text[..end];
        }
    }

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
