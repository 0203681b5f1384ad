using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>Sockets of kinds that CRIU does not know.</summary>
internal static class SocketKindCheck
{
    private const string Multipath = "MPTCP";

    /// <summary>What CRIU moves, by the names of the kernel; those for IPv6 have an ending.</summary>
    private static readonly string[] Known = ["TCP", "UDP", "UDP-Lite", "UDPLITE", "UNIX", "NETLINK", "PACKET", "RAW"];

    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        foreach (HeldDescriptor descriptor in view.OwnSockets.Values)
        {
            string protocol = DescriptorLink.ProtocolOf(descriptor.ProcessId, descriptor.Number);
            if (KindOf(protocol) is { } kind)
            {
                yield return view.Finding(kind, descriptor.ProcessId, $"descriptor {descriptor.Number}, a socket of the protocol {protocol}", "CRIU cannot move such sockets");
            }
        }
    }

    /// <summary>Null for one that can be moved, or that is gone.</summary>
    internal static FindingKind? KindOf(string protocol)
    {
        string name = protocol.EndsWith("v6", StringComparison.Ordinal) ? protocol[..^2] : protocol;
        return name.Length == 0 || Known.Contains(name) || name.StartsWith("UNIX-", StringComparison.Ordinal) ? null
            : name == Multipath ? FindingKind.MultipathTcp
            : FindingKind.SocketKind;
    }
}
