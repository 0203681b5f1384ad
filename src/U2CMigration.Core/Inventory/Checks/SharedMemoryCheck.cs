using System.Globalization;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Processes;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>Memory that a process outside has mapped as well.</summary>
internal static class SharedMemoryCheck
{
    private const long TemporaryFileSystem = 0x01021994;

    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        var own = new Dictionary<(string Device, ulong Inode), NamedMapping>();
        foreach (NamedMapping mapping in view.Mappings)
        {
            if (mapping.IsShared && mapping.Inode != 0 && !own.ContainsKey((mapping.Device, mapping.Inode)) && IsOnlyInMemory(mapping))
            {
                own[(mapping.Device, mapping.Inode)] = mapping;
            }
        }

        if (own.Count == 0)
        {
            yield break;
        }

        // This process maps the workload's memory itself, to copy it.
        foreach (int processId in view.OutsideProcesses.Where(static processId => processId != Environment.ProcessId && HasSharedMemory(processId)))
        {
            foreach (NamedMapping theirs in MappingTable.Read(processId))
            {
                if (theirs.IsShared && own.Remove((theirs.Device, theirs.Inode), out NamedMapping mapping))
                {
                    yield return view.Finding(FindingKind.OutsideMemory, mapping.ProcessId, mapping.Named, $"{OutsideHolders.NameOf(processId)} has it mapped as well, at {theirs.Address:x}, and does not move");
                }
            }
        }
    }

    /// <summary>Whether nothing but memory has the content: another host has no such file, or one of its own. System V segments are found otherwise.</summary>
    private static bool IsOnlyInMemory(NamedMapping mapping) =>
        !mapping.Name.StartsWith("/SYSV", StringComparison.Ordinal)
        && (mapping.IsNameless || StatFs.TypeOf($"/proc/{mapping.ProcessId}/root{mapping.Name}") == TemporaryFileSystem);

    /// <summary>Reading mappings is expensive, so only those are asked that have touched shared memory.</summary>
    private static bool HasSharedMemory(int processId)
    {
        try
        {
            return File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status")).Any(static line => TreeMemory.Parse(line, "RssShmem:") > 0);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
