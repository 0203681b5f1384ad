using System.Net.NetworkInformation;

namespace U2CMigration.Core.Handover;

/// <summary>What the handover needs to know of a network device; read once, before the downtime.</summary>
internal sealed record NetworkDevice(int Index, byte[] HardwareAddress)
{
    /// <summary>The loopback device is the first in every network namespace.</summary>
    public const int LoopbackIndex = 1;

    /// <summary>Looks a device up by name.</summary>
    public static NetworkDevice Find(string name)
    {
        NetworkInterface card = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(n => n.Name == name)
            ?? throw new IOException($"There is no network device '{name}' on this host.");
        return new NetworkDevice(card.GetIPProperties().GetIPv4Properties().Index, card.GetPhysicalAddress().GetAddressBytes());
    }
}
