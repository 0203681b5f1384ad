using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace U2CMigration.Core.Handover;

/// <summary>What the handover needs to know of a network device; read once, before the downtime.</summary>
internal sealed record NetworkDevice(string Name, int Index, byte[] HardwareAddress)
{
    /// <summary>The loopback device is the first in every network namespace.</summary>
    public const int LoopbackIndex = 1;

    /// <summary>Its name.</summary>
    public const string Loopback = "lo";

    /// <summary>The device of this host that has an address, the loopback device last; null for none.</summary>
    public static string? HolderOf(IPAddress address) => !CanBind(address) ? null : NetworkInterface.GetAllNetworkInterfaces()
        .Where(card => card.GetIPProperties().UnicastAddresses.Any(own => own.Address.Equals(address)))
        .Select(static card => card.Name)
        .OrderBy(static name => name == Loopback)
        .FirstOrDefault();

    /// <summary>Whether this host may have an address: a question of microseconds, where the list of all devices takes milliseconds of the downtime.</summary>
    private static bool CanBind(IPAddress address)
    {
        try
        {
            using var trial = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            trial.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            return false;
        }
        catch (SocketException)
        {
            // It does not say; the list does.
            return true;
        }
    }

    /// <summary>Looks a device up by name.</summary>
    public static NetworkDevice Find(string name)
    {
        NetworkInterface[] cards = NetworkInterface.GetAllNetworkInterfaces();
        NetworkInterface card = cards.FirstOrDefault(n => n.Name == name)
            ?? throw new IOException($"There is no network device '{name}' on this host; there are {string.Join(", ", cards.Select(static card => card.Name).Order(StringComparer.Ordinal))}.");
        return new NetworkDevice(name, card.GetIPProperties().GetIPv4Properties().Index, card.GetPhysicalAddress().GetAddressBytes());
    }
}
