using System.Text;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.SharedObjects;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.SharedWrites;

/// <summary>Reads which processes map objects.</summary>
internal static class SharedAreas
{
    /// <summary>In the map of a 64-bit process there is always something above.</summary>
    private const ulong EndOf32Bits = 1UL << 32;

    private static readonly byte[] MemoryFile = Encoding.ASCII.GetBytes(Descriptors.MemoryFilePrefix);
    private static readonly byte[] Anonymous = Encoding.ASCII.GetBytes(ObjectFinder.AnonymousName + ObjectFinder.Deleted);

    /// <summary>Adds the shared mappings that a process has of objects; private ones change nothing in them.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="protection">Its write-protection, if it has any.</param>
    /// <param name="wanted">Receives them, by object.</param>
    internal static void AddTo(int processId, WriteProtection? protection, IReadOnlyDictionary<((uint Major, uint Minor) Device, ulong Inode), List<SharedArea>> wanted)
    {
        ulong last = 0;
        List<SharedArea>? any = null;
        using MapsReader maps = MapsReader.Open(processId);
        while (maps.TryRead(out MapsLine line))
        {
            last = line.End;
            if (line.IsShared && (line.Path.SequenceEqual(Anonymous) || line.Path.StartsWith(MemoryFile)) && line.TryMaterialize(out VirtualMemoryArea? area)
                && wanted.TryGetValue(((area.DeviceMajor, area.DeviceMinor), area.Inode), out List<SharedArea>? areas))
            {
                areas.Add(new SharedArea(processId, protection, area.Start, area.End, area.Offset));
                any = areas;
            }
        }

        if (any is not null && last <= EndOf32Bits)
        {
            // The tracepoints of system calls pass over those of 32-bit code, so what it maps twice would not be told.
            foreach (List<SharedArea> areas in wanted.Values)
            {
                for (int i = 0; i < areas.Count; i++)
                {
                    areas[i] = areas[i].ProcessId == processId ? areas[i] with { Protection = null } : areas[i];
                }
            }
        }
    }
}
