using System.Net;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Handover;

/// <summary>An address on its way from a device of this host, in one migration.</summary>
internal sealed class DepartingAddress
{
    private readonly IPAddress _address;
    private readonly int _prefixLength;
    private readonly NetworkDevice _device;
    private readonly List<PacketRelay> _ended = [];
    private PacketRelay _relay;
    private NewConnectionHold? _hold;
    private bool _released;

    public DepartingAddress(IPAddress address, int prefixLength, NetworkDevice device)
    {
        (_address, _prefixLength, _device) = (address, prefixLength, device);
        _relay = PacketRelay.Open(address, device);
    }

    public void HoldNewConnections()
    {
        BeginAnew();
        // First the relay: what it sees and no one drops is a duplicate, which does no harm.
        _relay.BeginWithNewConnections();
        _hold ??= NewConnectionHold.TryInstall(_address);
    }

    public void Release()
    {
        BeginAnew();
        _relay.Begin();
        RouteNetlink.RemoveAddress(_device.Index, _address.GetAddressBytes(), _prefixLength);

        // Only now: what this host never had it must not take back.
        _released = true;
        _hold?.EndSoon();
    }

    public void Commit() => _relay.FollowClaims();

    public async ValueTask ReclaimAsync()
    {
        await LetConnectAsync().ConfigureAwait(false);
        if (_released)
        {
            RouteNetlink.AddAddress(_device.Index, _address.GetAddressBytes(), _prefixLength);
            _released = false;
            GratuitousArp.Announce(_address, _device);
        }

        // Also what came before the release: attempts to connect that were kept from the sockets.
        _relay.GiveBack();
    }

    public async ValueTask EndAsync()
    {
        await LetConnectAsync().ConfigureAwait(false);
        foreach (PacketRelay relay in _ended.Append(_relay))
        {
            await relay.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A relay that gives back does nothing else any more.</summary>
    private void BeginAnew()
    {
        if (_relay.GivesBack)
        {
            _ended.Add(_relay);
            _relay = PacketRelay.Open(_address, _device);
        }
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
}
