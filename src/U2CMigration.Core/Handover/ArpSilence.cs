using System.Net;

namespace U2CMigration.Core.Handover;

/// <summary>
/// Keeps a device from telling neighbours about addresses that are not its own, for as long as an address waits on the loopback device: it does not answer ARP requests for them
/// (<c>arp_ignore</c> 1) and does not name them in requests of its own (<c>arp_announce</c> 2; ip-sysctl in the kernel's documentation).
/// </summary>
/// <remarks>
/// The second matters as much as the first: a socket speaks while it is restored (what was not sent yet, a window probe), the kernel asks for its peer's hardware address in the name of the
/// socket's address, and the peer would take that for a claim and send all connections here, where the others are not restored yet and would be reset.
/// What the settings were is written down in files of <c>/run</c>, for when this process is killed before it can put them back.
/// </remarks>
internal sealed class ArpSilence(string device, IPAddress address)
{
    private readonly BorrowedSetting[] _settings = [new(device, "arp_ignore", "1", address), new(device, "arp_announce", "2", address)];

    public void Begin()
    {
        foreach (BorrowedSetting setting in _settings)
        {
            setting.Borrow();
        }
    }

    public void End()
    {
        foreach (BorrowedSetting setting in _settings)
        {
            setting.GiveBack();
        }
    }

    /// <summary>Takes over from a process that was killed between <see cref="Begin"/> and <see cref="End"/>.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryTakeOver()
    {
        bool found = false;
        foreach (BorrowedSetting setting in _settings)
        {
            found |= setting.TryTakeOver();
        }

        return found;
    }
}
