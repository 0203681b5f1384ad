using System.Globalization;
using System.Net;
using System.Net.Sockets;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Handover;

/// <summary>Moves one IPv4 address between two hosts on the same network segment: removed on the source, added on the destination, announced by ARP.</summary>
/// <remarks>
/// Needs CAP_NET_ADMIN and CAP_NET_RAW. Until the sockets are restored the address lies on the loopback device of the destination and is not told to
/// neighbours (<c>arp_ignore</c>, <c>arp_announce</c>): a packet that came earlier would be answered by the kernel with a reset, as its socket does not exist yet.
/// In the meantime the source holds the packets that arrive there, and passes them on when the destination announces the address after the commit; after a rollback they are given to the workload.
/// On the destination one instance serves any number of migrations, one after the other: while a workload has the address, no other one is let in. On the source it serves one session at a time.
/// </remarks>
public sealed class AddressHandover : ISourceNetwork, IDestinationNetwork
{
    private const int HostPrefix = 32;

    private readonly IPAddress _address;
    private readonly int _prefixLength;
    private readonly string _deviceName;
    private DepartingAddress? _departing;

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
    }

    /// <inheritdoc/>
    public IReadOnlyList<IPAddress> Addresses => [_address];

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

    /// <summary>Several addresses for one receiver: each migration gets the one that its source moves.</summary>
    /// <param name="handovers">The addresses that may come; each at most once.</param>
    /// <exception cref="ArgumentException">There are none, or one comes twice.</exception>
    public static IDestinationNetwork AnyOf(IReadOnlyList<AddressHandover> handovers) => new AddressChoice(handovers);

    /// <inheritdoc/>
    public ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        if (_departing is not null)
        {
            throw new IOException($"This handover of {_address} serves another session at this moment. Make one for each session.");
        }

        _departing = new DepartingAddress(_address, _prefixLength, NetworkDevice.Find(_deviceName));
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask HoldNewConnectionsAsync(CancellationToken cancellationToken)
    {
        _departing?.HoldNewConnections();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        (_departing ?? throw new InvalidOperationException($"{nameof(ReadyAsync)} comes first.")).Release();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Commit() => _departing?.Commit();

    /// <inheritdoc/>
    public ValueTask ReclaimAsync(CancellationToken cancellationToken) => _departing?.ReclaimAsync() ?? ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask EndAsync()
    {
        if (_departing is { } departing)
        {
            _departing = null;
            await departing.EndAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask RecoverAsync(Predicate<Guid> runsHere, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runsHere);
        var device = new Lazy<NetworkDevice>(() => NetworkDevice.Find(_deviceName));
        new ArpSilence(_deviceName).Recover(waiting =>
        {
            if (runsHere(waiting.MigrationId))
            {
                // The process was killed between the resume and the announcement.
                RouteNetlink.AddAddress(device.Value.Index, waiting.Address.GetAddressBytes(), waiting.PrefixLength);
                GratuitousArp.Announce(waiting.Address, device.Value);
                ArrivingAddress.LeaveLoopback(waiting);
            }

            ArrivingAddress.RemoveAbandoned(waiting);
        });
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        _ = NetworkDevice.Find(_deviceName);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<string?> FindProblemAsync(AddressRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Moving.Count > 0 && !request.Moving.Contains(_address))
        {
            return ValueTask.FromResult<string?>($"The source moves {string.Join(", ", request.Moving)}, and this host is set up to bring {_address} here. Name the same address on both ends ({nameof(AddressHandover)}, agent: --address).");
        }

        // A source on this very host has it until the freeze.
        return ValueTask.FromResult(NetworkDevice.HolderOf(_address) is { } holder && holder != NetworkDevice.Loopback && !IsThisHost(request.Source)
            ? ArrivingAddress.TakenSentence(_address, holder)
            : null);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">It cannot be brought here; the message says why.</exception>
    public async ValueTask<IArrivingAddress> PrepareAsync(AddressRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await FindProblemAsync(request, cancellationToken).ConfigureAwait(false) is { } problem
            ? throw new IOException(problem)
            : new ArrivingAddress(_address, _prefixLength, NetworkDevice.Find(_deviceName), request.MigrationId);
    }

    /// <summary>Itself, for <see cref="Parse"/>.</summary>
    internal string Text => $"{_address}/{_prefixLength}@{_deviceName}";

    /// <summary>Gives this host the address, if it has it not.</summary>
    internal void GiveBack() => RouteNetlink.TryAddNewAddress(NetworkDevice.Find(_deviceName).Index, _address.GetAddressBytes(), _prefixLength);

    /// <summary>What a guardian sends to the kernel if this process is killed before the commit. No neighbour has heard of another owner by then, so nothing need be announced.</summary>
    internal byte[] UndoMessage => RouteNetlink.AddressMessage(NetworkDevice.Find(_deviceName).Index, _address.GetAddressBytes(), _prefixLength);

    private static bool IsThisHost(EndPoint? source) =>
        source is IPEndPoint { Address: var from } && (IPAddress.IsLoopback(from) || NetworkDevice.HolderOf(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from) is not null);
}
