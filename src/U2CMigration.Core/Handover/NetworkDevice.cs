using System.Net;
using System.Net.NetworkInformation;

namespace U2CMigration.Core.Handover;

/// <summary>What the handover needs to know of a network device; read once, before the downtime.</summary>
internal sealed record NetworkDevice(int Index, byte[] HardwareAddress)
{
    /// <summary>The loopback device is the first in every network namespace.</summary>
    public const int LoopbackIndex = 1;

    /// <summary>Whether an address lies on the loopback device.</summary>
    public static bool LoopbackHas(IPAddress address) => NetworkInterface.GetAllNetworkInterfaces()
        .Where(static card => card.NetworkInterfaceType == NetworkInterfaceType.Loopback)
        .SelectMany(static card => card.GetIPProperties().UnicastAddresses)
        .Any(own => own.Address.Equals(address));

    /// <summary>Looks a device up by name.</summary>
    public static NetworkDevice Find(string name)
    {
        NetworkInterface[] cards = NetworkInterface.GetAllNetworkInterfaces();
        NetworkInterface card = cards.FirstOrDefault(n => n.Name == name)
            ?? throw new IOException($"There is no network device '{name}' on this host; there are {string.Join(", ", cards.Select(static card => card.Name).Order(StringComparer.Ordinal))}.");
        return new NetworkDevice(card.GetIPProperties().GetIPv4Properties().Index, card.GetPhysicalAddress().GetAddressBytes());
    }
}
