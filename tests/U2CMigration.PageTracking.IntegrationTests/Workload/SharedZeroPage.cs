using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>Whether reading fresh anonymous memory maps the kernel's one page of zeros, as Linux does. Some kernels give each page that is read one of its own, which is resident then.</summary>
internal static class SharedZeroPage
{
    private const int Bytes = 8 << 20;
    private const int Apart = 2 << 20;

    /// <summary>Whether it is so here. Found by reading two pages: with frames of their own they are not the same one (proc_pid_pagemap(5)).</summary>
    public static bool IsMapped { get; } = Probe();

    private static unsafe bool Probe()
    {
        // So large a piece is a mapping of its own, and nobody has written to it.
        byte* memory = (byte*)NativeMemory.Alloc(Bytes);
        try
        {
            byte* first = memory + (1 << 20);
            return Volatile.Read(ref *first) == 0 & Volatile.Read(ref *(first + Apart)) == 0 && FrameOf(first) == FrameOf(first + Apart);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private static unsafe ulong FrameOf(byte* address)
    {
        using FileStream entries = new("/proc/self/pagemap", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        entries.Seek((long)((ulong)address / 4096 * 8), SeekOrigin.Begin);
        Span<byte> entry = stackalloc byte[8];
        entries.ReadExactly(entry);
        return BitConverter.ToUInt64(entry) & ((1UL << 55) - 1);
    }
}
