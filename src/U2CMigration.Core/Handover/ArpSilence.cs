using System.Net;

namespace U2CMigration.Core.Handover;

/// <summary>
/// Keeps a device from answering ARP requests for addresses that are not its own (<c>arp_ignore</c> 1, ip-sysctl in the kernel's documentation), for as
/// long as an address waits on the loopback device.
/// </summary>
/// <remarks>What the setting was is written down in a file of <c>/run</c>, for when this process is killed before it can put it back.</remarks>
internal sealed class ArpSilence(string device, IPAddress address)
{
    private const string OwnAddressesOnly = "1";
    private const string NoteDirectory = "/run/u2cmigration";

    private readonly string _setting = $"/proc/sys/net/ipv4/conf/{device}/arp_ignore";
    private readonly string _note = $"{NoteDirectory}/{device}-{address}.arp_ignore";
    private string? _before;

    public void Begin()
    {
        if (_before is null)
        {
            string before = File.ReadAllText(_setting);
            Directory.CreateDirectory(NoteDirectory);
            File.WriteAllText(_note, before);
            File.WriteAllText(_setting, OwnAddressesOnly);
            _before = before;
        }
    }

    public void End()
    {
        if (_before is not null)
        {
            File.WriteAllText(_setting, _before);
            File.Delete(_note);
            _before = null;
        }
    }

    /// <summary>Takes over from a process that was killed between <see cref="Begin"/> and <see cref="End"/>.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTakeOver()
    {
        if (_before is null && File.Exists(_note))
        {
            _before = File.ReadAllText(_note);
            return true;
        }

        return false;
    }
}
