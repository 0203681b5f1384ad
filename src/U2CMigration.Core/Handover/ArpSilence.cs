using System.Globalization;
using System.Net;
using U2CMigration.Core.SystemSettings;

namespace U2CMigration.Core.Handover;

/// <summary>
/// Keeps a device from telling neighbours about addresses that are not its own, for as long as an address waits on the loopback device: it does not answer ARP requests for them
/// (<c>arp_ignore</c> 1) and does not name them in requests of its own (<c>arp_announce</c> 2; ip-sysctl in the kernel's documentation).
/// </summary>
/// <remarks>
/// The second matters as much as the first: a socket speaks while it is restored (what was not sent yet, a window probe), the kernel asks for its peer's hardware address in the name of the
/// socket's address, and the peer would take that for a claim and send all connections here, where the others are not restored yet and would be reset.
/// Counted per device of a network namespace among all migrations of all processes, and per address: who keeps the silence for an address is the only one who may have it on the loopback device.
/// </remarks>
internal sealed class ArpSilence(string device)
{
    private const string Directory = "/run/u2cmigration";

    private readonly BorrowedSettings _settings = new(
        Directory,
        $"arp-{NetworkNamespaceNumber()}-{device}",
        [new BorrowedSetting($"/proc/sys/net/ipv4/conf/{device}/arp_ignore", "1"), new BorrowedSetting($"/proc/sys/net/ipv4/conf/{device}/arp_announce", "2")]);

    /// <summary>Begins to keep it for an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="prefixLength">Of its subnet.</param>
    /// <param name="migrationId">Whose address it is.</param>
    /// <param name="whenAbandoned">Called for addresses that processes which were killed have left waiting.</param>
    /// <returns>Null when another migration keeps it for that address.</returns>
    public BorrowedSettings.Borrower? TryBegin(IPAddress address, int prefixLength, Guid migrationId, Action<WaitingAddress> whenAbandoned) =>
        _settings.TryBorrow($"{address}", string.Create(CultureInfo.InvariantCulture, $"{prefixLength} {migrationId:N}"), Handler(whenAbandoned));

    /// <summary>Ends what processes that were killed have left.</summary>
    /// <param name="whenAbandoned">Called for each address that waits, before.</param>
    public void Recover(Action<WaitingAddress> whenAbandoned) => _settings.Recover(Handler(whenAbandoned));

    private static Action<string, string> Handler(Action<WaitingAddress> whenAbandoned) => (holder, note) =>
    {
        // Killed before the note was written it had not begun: nothing waits then.
        if (note.Split(' ') is [var prefix, var migration] && IPAddress.TryParse(holder, out IPAddress? address)
            && int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && Guid.TryParse(migration, out Guid id))
        {
            whenAbandoned(new WaitingAddress(address, length, id));
        }
    };

    /// <summary>Devices of the same name in two namespaces are two.</summary>
    private static string NetworkNamespaceNumber() => string.Concat((new FileInfo("/proc/self/ns/net").LinkTarget ?? string.Empty).Where(char.IsAsciiDigit));

    /// <summary>An address that waits on the loopback device.</summary>
    /// <param name="Address">The address.</param>
    /// <param name="PrefixLength">Of its subnet.</param>
    /// <param name="MigrationId">Whose it is.</param>
    internal readonly record struct WaitingAddress(IPAddress Address, int PrefixLength, Guid MigrationId);
}
