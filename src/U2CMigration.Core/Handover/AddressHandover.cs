using System.Globalization;
using System.Net;
using System.Net.Sockets;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Handover;

/// <summary>Moves one IPv4 address between two hosts on the same network segment: removed on the source, added on the destination, announced by ARP.</summary>
/// <remarks>
/// Needs CAP_NET_ADMIN, CAP_NET_RAW and, on the destination, <c>nft</c> (nftables): until the sockets are restored a filter hides the address,
/// because the kernel would answer a packet for a socket that does not exist yet with a reset. One instance serves one migration on one host.
/// </remarks>
public sealed class AddressHandover : ISourceNetwork, IDestinationNetwork
{
    private readonly IPAddress _address;
    private readonly int _prefixLength;
    private readonly Lazy<NetworkDevice> _device;
    private readonly string _table;
    private bool _released;
    private bool _hidden;
    private bool _acquired;

    /// <summary>Describes the address to move.</summary>
    /// <param name="address">The IPv4 address of the workload. It should not be the primary address of a subnet that has others: the kernel removes those with it.</param>
    /// <param name="prefixLength">The length of the subnet prefix, 1 to 32.</param>
    /// <param name="device">The network device on this host, for example <c>eth0</c>.</param>
    /// <exception cref="ArgumentException">The address is not IPv4, or the prefix length is out of range.</exception>
    public AddressHandover(IPAddress address, int prefixLength, string device)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentException.ThrowIfNullOrEmpty(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(prefixLength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, 32);
        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new ArgumentException($"{address} is not an IPv4 address; bring your own handover for other addresses.", nameof(address));
        }

        _address = address;
        _prefixLength = prefixLength;
        _device = new Lazy<NetworkDevice>(() => NetworkDevice.Find(device));
        _table = string.Create(CultureInfo.InvariantCulture, $"u2c_{address.ToString().Replace('.', '_')}");
    }

    /// <summary>Parses <c>ADDRESS/PREFIX@DEVICE</c>, for example <c>10.0.0.7/24@eth0</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text has another form.</exception>
    public static AddressHandover Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('/', '@');
        if (parts.Length != 3 || !IPAddress.TryParse(parts[0], out IPAddress? address)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int prefix))
        {
            throw new FormatException($"'{text}' is not of the form ADDRESS/PREFIX@DEVICE, for example 10.0.0.7/24@eth0.");
        }

        return new AddressHandover(address, prefix, parts[2]);
    }

    /// <inheritdoc/>
    public ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        _ = _device.Value;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        _released = true;
        RouteNetlink.RemoveAddress(_device.Value.Index, _address.GetAddressBytes(), _prefixLength);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReclaimAsync(CancellationToken cancellationToken)
    {
        if (_released)
        {
            RouteNetlink.AddAddress(_device.Value.Index, _address.GetAddressBytes(), _prefixLength);
            _released = false;
            GratuitousArp.Announce(_address, _device.Value);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        string script = $$"""
            {{RemoveTables}}
            table inet {{_table}} {
                chain input {
                    type filter hook input priority -400
                    ip daddr {{_address}} drop
                }
            }
            table arp {{_table}} {
                chain input {
                    type filter hook input priority -400
                    arp daddr ip {{_address}} drop
                }
            }

            """;
        _ = _device.Value;
        _hidden = true;
        await Command.RunAsync("nft", ["-f", "-"], script, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask AcquireAsync(CancellationToken cancellationToken)
    {
        RouteNetlink.AddAddress(_device.Value.Index, _address.GetAddressBytes(), _prefixLength);
        _acquired = true;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask AnnounceAsync(CancellationToken cancellationToken)
    {
        await ShowAsync(cancellationToken).ConfigureAwait(false);
        GratuitousArp.Announce(_address, _device.Value);
    }

    /// <inheritdoc/>
    public async ValueTask AbandonAsync(CancellationToken cancellationToken)
    {
        if (_acquired)
        {
            RouteNetlink.RemoveAddress(_device.Value.Index, _address.GetAddressBytes(), _prefixLength);
            _acquired = false;
        }

        await ShowAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Added before they are deleted, as deleting what is not there is an error.</summary>
    private string RemoveTables => $"""
        add table inet {_table}
        delete table inet {_table}
        add table arp {_table}
        delete table arp {_table}

        """;

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        if (_hidden)
        {
            await Command.RunAsync("nft", ["-f", "-"], RemoveTables, cancellationToken).ConfigureAwait(false);
            _hidden = false;
        }
    }
}
