using System.Runtime.InteropServices;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Reading;

/// <summary>Reads a few bytes of another process.</summary>
internal static unsafe class RemoteWords
{
    internal static bool TryRead(int processId, ulong address, Span<ulong> words) => TryRead(processId, address, MemoryMarshal.AsBytes(words));

    internal static bool TryRead(int processId, ulong address, Span<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            IoVector local = new() { Base = (ulong)start, Length = (ulong)bytes.Length };
            IoVector remote = new() { Base = address, Length = (ulong)bytes.Length };
            return ProcessVmRead(processId, &local, 1, &remote, 1, 0) == bytes.Length;
        }
    }
}
