namespace U2CMigration.Core.Handover;

/// <summary>
/// Keeps a device from answering ARP requests for addresses that are not its own (<c>arp_ignore</c> 1, ip-sysctl in the kernel's documentation), for as
/// long as an address waits on the loopback device.
/// </summary>
internal sealed class ArpSilence(string device)
{
    private const string OwnAddressesOnly = "1";

    private readonly string _setting = $"/proc/sys/net/ipv4/conf/{device}/arp_ignore";
    private string? _before;

    public void Begin()
    {
        if (_before is null)
        {
            string before = File.ReadAllText(_setting);
            File.WriteAllText(_setting, OwnAddressesOnly);
            _before = before;
        }
    }

    public void End()
    {
        if (_before is not null)
        {
            File.WriteAllText(_setting, _before);
            _before = null;
        }
    }
}
