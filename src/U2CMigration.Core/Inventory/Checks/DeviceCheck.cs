using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>Devices that are open or mapped, and terminals are not among them.</summary>
internal static class DeviceCheck
{
    private const ushort TypeMask = 0xf000;
    private const ushort Character = 0x2000;
    private const ushort Block = 0x6000;
    private const uint Memory = 1;
    private const uint Miscellaneous = 10;
    private const uint Tunnel = 200;
    private const uint Graphics = 226;

    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        foreach ((HeldDescriptor descriptor, FileStatus status) in view.Files)
        {
            bool isBlock = (status.Mode & TypeMask) == Block;
            if ((isBlock || ((status.Mode & TypeMask) == Character && !IsKnown(status.RawDevice))) && !view.Options.IsExternal("dev["))
            {
                // CRIU has plugins for these, which it may have here or not.
                bool hasPlugin = !isBlock && (status.RawDevice.Major == Graphics || descriptor.Link.StartsWith("/dev/kfd", StringComparison.Ordinal) || descriptor.Link.StartsWith("/dev/nvidia", StringComparison.Ordinal));
                yield return view.Finding(
                    FindingKind.Device, descriptor.ProcessId, descriptor.Named,
                    hasPlugin ? "CRIU moves it only with a plugin for it" : $"CRIU cannot move this device ({status.RawDevice.Major}:{status.RawDevice.Minor})", isInformation: hasPlugin);
            }
        }

        // The node of a device may lie anywhere. Files that many processes map are looked at once.
        foreach (NamedMapping mapping in view.Mappings.DistinctBy(static mapping => (mapping.Device, mapping.Inode)))
        {
            if (mapping.Name.StartsWith('/') && !mapping.IsNameless
                && FileStatus.TryRead($"/proc/{mapping.ProcessId}/root{mapping.Name}") is { } status && (status.Mode & TypeMask) == Character
                && status.RawDevice is not ((Memory, 3) or (Memory, 5) or (Graphics, _)))
            {
                yield return view.Finding(FindingKind.DeviceMemory, mapping.ProcessId, mapping.Named, "CRIU cannot move memory of devices");
            }
        }
    }

    /// <summary>Memory devices (null, zero, random and so on), terminals of all kinds, tunnels.</summary>
    internal static bool IsKnown((uint Major, uint Minor) device) => device switch
    {
        (Memory, _) => true,
        (4 or 5, _) => true,
        ( >= 128 and <= 143, _) => true,
        (204 or 229, _) => true,
        (Miscellaneous, Tunnel) => true,
        _ => false,
    };
}
