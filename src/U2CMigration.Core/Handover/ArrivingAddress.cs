using System.Net;
using U2CMigration.Core.Interop;
using U2CMigration.Core.SystemSettings;

namespace U2CMigration.Core.Handover;

/// <summary>An address on its way to a device of this host: first on the loopback device and silent, then on the device and announced.</summary>
internal sealed class ArrivingAddress(IPAddress address, int prefixLength, NetworkDevice device, Guid migrationId) : IArrivingAddress
{
    private const int HostPrefix = 32;

    private readonly ArpSilence _silence = new(device.Name);
    private BorrowedSettings.Borrower? _silent;
    private bool _onLoopback;
    private bool _onDevice;

    /// <inheritdoc/>
    public ValueTask AcquireAsync(CancellationToken cancellationToken)
    {
        // First, as it is the one that can be refused: nothing of another migration is touched then.
        _silent = _silence.TryBegin(address, prefixLength, migrationId, RemoveAbandoned)
            ?? throw new IOException($"Another migration is bringing {address} to this host at this moment. Two workloads cannot have one address: wait until it is over, or end it.");
        if (NetworkDevice.HolderOf(address) is { } holder && holder != NetworkDevice.Loopback)
        {
            throw new IOException(TakenSentence(address, holder));
        }

        _onLoopback = RouteNetlink.TryAddNewAddress(NetworkDevice.LoopbackIndex, address.GetAddressBytes(), HostPrefix);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask AnnounceAsync(CancellationToken cancellationToken)
    {
        RouteNetlink.AddAddress(device.Index, address.GetAddressBytes(), prefixLength);
        _onDevice = true;

        // Before the rest: what fails behind it does not keep clients from the workload.
        GratuitousArp.Announce(address, device);
        LeaveLoopback();
        _silent?.GiveBack();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask AbandonAsync(CancellationToken cancellationToken)
    {
        if (_onDevice)
        {
            RouteNetlink.RemoveAddressIfThere(device.Index, address.GetAddressBytes(), prefixLength);
            _onDevice = false;
        }

        LeaveLoopback();
        _silent?.GiveBack();
        return ValueTask.CompletedTask;
    }

    /// <summary>Why an address cannot come to this host.</summary>
    internal static string TakenSentence(IPAddress address, string holder) =>
        $"The address {address} is on {holder} of this host already: a workload that arrived before has it, or the host itself. Move or end that one first, or remove the address there (ip address del).";

    /// <summary>A migration whose process was killed has left it waiting.</summary>
    internal static void RemoveAbandoned(ArpSilence.WaitingAddress waiting)
    {
        if (NetworkDevice.HolderOf(waiting.Address) == NetworkDevice.Loopback)
        {
            RouteNetlink.RemoveAddressIfThere(NetworkDevice.LoopbackIndex, waiting.Address.GetAddressBytes(), HostPrefix);
        }
    }

    /// <summary>The address is on its device, and waits no more.</summary>
    internal static void LeaveLoopback(ArpSilence.WaitingAddress arrived) =>
        RouteNetlink.RemoveAddressIfThere(NetworkDevice.LoopbackIndex, arrived.Address.GetAddressBytes(), HostPrefix);

    private void LeaveLoopback()
    {
        if (_onLoopback)
        {
            RouteNetlink.RemoveAddressIfThere(NetworkDevice.LoopbackIndex, address.GetAddressBytes(), HostPrefix);
            _onLoopback = false;
        }
    }
}
