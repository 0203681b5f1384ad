using System.Globalization;
using System.Net;
using System.Net.Sockets;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Handover;

/// <summary>Moves one IPv4 address between two hosts on the same network segment: removed on the source, added on the destination, announced by ARP.</summary>
/// <remarks>
/// Needs CAP_NET_ADMIN and CAP_NET_RAW. Until the sockets are restored the address lies on the loopback device of the destination and is not told to
/// neighbours (<c>arp_ignore</c>, <c>arp_announce</c>): a packet that came earlier would be answered by the kernel with a reset, as its socket does not exist yet.
/// Meanwhile the source holds the packets that arrive there, and passes them on when the destination announces the address.
/// One instance serves one migration on one host.
/// </remarks>
public sealed class AddressHandover : ISourceNetwork, IDestinationNetwork
{
    private const int HostPrefix = 32;

    private readonly IPAddress _address;
    private readonly int _prefixLength;
    private readonly string _deviceName;
    private readonly Lazy<NetworkDevice> _device;
    private readonly ArpSilence _silence;
    private PacketRelay? _relay;
    private NewConnectionHold? _hold;
    private bool _released;
    private bool _onLoopback;
    private bool _onDevice;

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
        _deviceName = device;
        _device = new Lazy<NetworkDevice>(() => NetworkDevice.Find(device));
        _silence = new ArpSilence(device, address);
    }

    /// <summary>The address that moves.</summary>
    internal IPAddress Address => _address;

    /// <summary>Parses <c>ADDRESS/PREFIX@DEVICE</c>, for example <c>10.0.0.7/24@eth0</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">The text has another form, the address is not IPv4, or the prefix length is out of range.</exception>
    public static AddressHandover Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('/', '@');
        if (parts.Length != 3 || !IPAddress.TryParse(parts[0], out IPAddress? address) || parts[2].Length == 0
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int prefix))
        {
            throw new FormatException($"'{text}' is not of the form ADDRESS/PREFIX@DEVICE, for example 10.0.0.7/24@eth0.");
        }

        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            throw new FormatException($"'{parts[0]}' in '{text}' is not an IPv4 address, and only those are moved here. Bring a handover of your own ({nameof(ISourceNetwork)}, {nameof(IDestinationNetwork)}) for others.");
        }

        if (prefix is < 1 or > HostPrefix)
        {
            throw new FormatException($"The prefix length in '{text}' is {prefix}; it must be 1 to {HostPrefix}, for example 10.0.0.7/24@eth0.");
        }

        return new AddressHandover(address, prefix, parts[2]);
    }

    /// <inheritdoc/>
    public ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        _relay ??= PacketRelay.Open(_address, _device.Value);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask HoldNewConnectionsAsync(CancellationToken cancellationToken)
    {
        // First the relay: what it sees and nobody drops is a duplicate, which does no harm.
        _relay?.BeginWithNewConnections();
        _hold ??= NewConnectionHold.TryInstall(_address);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        _relay?.Begin();
        RouteNetlink.RemoveAddress(_device.Value.Index, _address.GetAddressBytes(), _prefixLength);

        // Only now: what this host never had it must not take back.
        _released = true;
        _hold?.EndSoon();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask ReclaimAsync(CancellationToken cancellationToken)
    {
        await LetConnectAsync().ConfigureAwait(false);
        if (_released)
        {
            RouteNetlink.AddAddress(_device.Value.Index, _address.GetAddressBytes(), _prefixLength);
            _released = false;
            GratuitousArp.Announce(_address, _device.Value);
        }
    }

    /// <inheritdoc/>
    /// <remarks>By ip(8). No neighbour has heard of another owner before the commit, so nothing need be announced.</remarks>
    public IReadOnlyList<string> UndoCommand => ["ip", "address", "add", $"{_address}/{_prefixLength}", "dev", _deviceName];

    /// <inheritdoc/>
    public async ValueTask EndAsync()
    {
        await LetConnectAsync().ConfigureAwait(false);
        if (_relay is { } relay)
        {
            _relay = null;
            await relay.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask RecoverAsync(CancellationToken cancellationToken)
    {
        if (_silence.TryTakeOver())
        {
            // Only when it is there; killed at another moment, it may not be.
            _onLoopback = NetworkDevice.LoopbackHas(_address);
            LeaveLoopback();
            _silence.End();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        _ = NetworkDevice.Find(_deviceName);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        _ = _device.Value;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask AcquireAsync(CancellationToken cancellationToken)
    {
        _silence.Begin();
        RouteNetlink.AddAddress(NetworkDevice.LoopbackIndex, _address.GetAddressBytes(), HostPrefix);
        _onLoopback = true;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask AnnounceAsync(CancellationToken cancellationToken)
    {
        RouteNetlink.AddAddress(_device.Value.Index, _address.GetAddressBytes(), _prefixLength);
        _onDevice = true;
        LeaveLoopback();
        _silence.End();
        GratuitousArp.Announce(_address, _device.Value);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask AbandonAsync(CancellationToken cancellationToken)
    {
        if (_onDevice)
        {
            RouteNetlink.RemoveAddress(_device.Value.Index, _address.GetAddressBytes(), _prefixLength);
            _onDevice = false;
        }

        LeaveLoopback();
        _silence.End();
        return ValueTask.CompletedTask;
    }

    /// <summary>Without the address there is nothing to hold, and with it the workload is to be reached again.</summary>
    private async Task LetConnectAsync()
    {
        if (_hold is { } hold)
        {
            _hold = null;
            await hold.EndAsync().ConfigureAwait(false);
        }
    }

    private void LeaveLoopback()
    {
        if (_onLoopback)
        {
            RouteNetlink.RemoveAddress(NetworkDevice.LoopbackIndex, _address.GetAddressBytes(), HostPrefix);
            _onLoopback = false;
        }
    }
}
