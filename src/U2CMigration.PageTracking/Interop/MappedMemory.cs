using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.Interop;

/// <summary>A file mapped into this process, shared with all who have it.</summary>
internal sealed class MappedMemory : SafeHandle
{
    private readonly nuint _bytes;

    private MappedMemory(nint address, nuint bytes)
        : base(-1, ownsHandle: true)
    {
        _bytes = bytes;
        SetHandle(address);
    }

    public override bool IsInvalid => handle == -1;

    internal unsafe byte* Address => (byte*)handle;

    /// <summary>Maps a file from its beginning; invalid when the kernel refuses, with the reason in the last P/Invoke error.</summary>
    internal static MappedMemory Map(SafeFileHandle file, long bytes, int protection) => new(MapMemory(0, (nuint)bytes, protection, MAP_SHARED, file, 0), (nuint)bytes);

    protected override bool ReleaseHandle() => UnmapMemory(handle, _bytes) == 0;
}
