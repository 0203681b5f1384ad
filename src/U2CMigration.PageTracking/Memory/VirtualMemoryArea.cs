using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.Memory;

/// <summary>A mapping in the address space of a process, as a line of /proc/PID/maps tells it.</summary>
/// <param name="Start">The first address.</param>
/// <param name="End">The first address behind the mapping.</param>
/// <param name="Protection">What may be done with its pages.</param>
/// <param name="IsShared">Whether writes are seen by others (MAP_SHARED).</param>
/// <param name="Offset">The offset in the file, in bytes.</param>
/// <param name="DeviceMajor">The major number of the device of the file, or 0.</param>
/// <param name="DeviceMinor">The minor number of the device of the file, or 0.</param>
/// <param name="Inode">The inode of the file; 0 for anonymous memory.</param>
/// <param name="Path">The path of the file, a name such as <c>[heap]</c>, or empty.</param>
public sealed record VirtualMemoryArea(
    ulong Start,
    ulong End,
    MemoryProtection Protection,
    bool IsShared,
    ulong Offset,
    uint DeviceMajor,
    uint DeviceMinor,
    ulong Inode,
    string Path)
{
    /// <summary>The addresses as a run of pages.</summary>
    public PageRange Range => new(Start, End);
}
