// process_vm_readv(2), Linux 3.2. Needs PTRACE_MODE_ATTACH on the process.
using System.Runtime.InteropServices;

namespace U2CMigration.Criu.Interop;

/// <summary>Reads the memory of another process.</summary>
internal static unsafe partial class RemoteMemory
{
    /// <summary>Reads a text that ends with a zero byte; empty when it is not there or longer than the buffer.</summary>
    internal static ReadOnlySpan<byte> ReadText(int processId, ulong address, Span<byte> buffer)
    {
        // Not beyond the page of its first byte in one go: the next may not exist. A text across two pages is read as empty.
        int length = Math.Min(buffer.Length, Environment.SystemPageSize - (int)(address & (ulong)(Environment.SystemPageSize - 1)));
        fixed (byte* target = buffer)
        {
            var local = new Vector { Base = (ulong)target, Length = (ulong)length };
            var remote = new Vector { Base = address, Length = (ulong)length };
            nint read = process_vm_readv(processId, &local, 1, &remote, 1, 0);
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
