using System.Buffers.Binary;
using System.Net;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Handover;

/// <summary>
/// Holds the packets that still arrive here for an address which has left, and passes them on to the host that announces it after the commit, or gives them to this host after a rollback.
/// </summary>
/// <remarks>
/// Without it they would be lost: what a client sent during the freeze would be sent again only after its retransmission timeout, 200 ms or more
/// (a connection attempt: one second), and after a freeze of some seconds, in which the timeout has doubled again and again, only as long again later. Nothing is passed on before the commit and
/// before another host claims the address, so a migration that fails changes nothing; and who claims it before the commit is not the destination.
/// </remarks>
internal sealed class PacketRelay : IAsyncDisposable
{
    private const int LargestFrame = 1 << 18;
    private const int HardwareAddressLength = 6;

    /// <summary>What is held at the most; further packets are lost and sent again by their senders.</summary>
    private const int MostHeldBytes = 64 << 20;

    private static readonly TimeSpan LatestClaim = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Wakeup = TimeSpan.FromMilliseconds(50);

    private readonly IPAddress _address;
    private readonly NetworkDevice _device;
    private readonly PacketTap _tap;
    private readonly Queue<byte[]> _held = [];
    private readonly TaskCompletionSource _claimed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private byte[]? _owner;
    private int _heldBytes;
    private volatile bool _committed;
    private volatile bool _givesBack;
    private volatile bool _stop;

    private PacketRelay(PacketTap tap, IPAddress address, NetworkDevice device)
    {
        _tap = tap;
        _address = address;
        _device = device;
        _running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Prepares to hold packets; everything slow is done here.</summary>
    public static PacketRelay Open(IPAddress address, NetworkDevice device) => new(PacketTap.Open(AddressFilter.For(address)), address, device);

    /// <summary>Begins to hold. Called just before the address is removed: a packet seen by both is a duplicate, which does no harm.</summary>
    public void Begin()
    {
        _tap.Filter(AddressFilter.For(_address));
        _tap.Listen(_device.Index);
    }

    /// <summary>Begins to hold attempts to connect, and nothing else.</summary>
    public void BeginWithNewConnections()
    {
        _tap.Filter(AddressFilter.ForNewConnections(_address));
        _tap.Listen(_device.Index);
    }

    /// <summary>From now on the host that claims the address is the one to pass packets on to.</summary>
    public void FollowClaims() => _committed = true;

    /// <summary>Whether it was told to give back what it holds: it ends with that.</summary>
    public bool GivesBack => _givesBack;

    /// <summary>Gives what is held to the sockets of this host, which has the address again. Done on the thread of the relay; <see cref="DisposeAsync"/> waits for it.</summary>
    public void GiveBack() => _givesBack = true;

    public async ValueTask DisposeAsync()
    {
        if (_committed && !_givesBack)
        {
            // The destination may be late with its announcement: what is held would be lost.
            await Task.WhenAny(_claimed.Task, Task.Delay(LatestClaim)).ConfigureAwait(false);
        }

        _stop = true;
        await _running.ConfigureAwait(false);
        _tap.Dispose();
    }

    private void Run()
    {
        byte[] buffer = new byte[LargestFrame];
        while (true)
        {
            // Read before the packets are taken: those that came until then are given back, too.
            bool last = _stop || _givesBack;
            if (_tap.Wait(last ? TimeSpan.Zero : Wakeup))
            {
                while (_tap.TryReceive(buffer, out int length))
                {
                    Take(buffer.AsSpan(0, length));
                }
            }

            if (last)
            {
                break;
            }
        }

        if (_givesBack)
        {
            ReturnHeld();
        }
    }

    private void ReturnHeld()
    {
        using LocalDelivery? delivery = LocalDelivery.TryOpen();
        while (_held.TryDequeue(out byte[]? packet))
        {
            // What is not delivered is sent again by its sender, as on any wire.
            delivery?.Deliver(packet);
        }

        _heldBytes = 0;
    }

    private void Take(Span<byte> packet)
    {
        Span<byte> frame = packet[PacketTap.PrefixLength..];
        if (frame.Length < 2 * HardwareAddressLength)
        {
            return;
        }

        if (BinaryPrimitives.ReadUInt16BigEndian(frame[AddressFilter.EtherType..]) == AddressFilter.EtherTypeArp)
        {
            if (_committed)
            {
                FollowClaim(frame.Slice(AddressFilter.ArpSenderHardware, HardwareAddressLength));
            }
        }
        else if (!frame[..HardwareAddressLength].SequenceEqual(_device.HardwareAddress))
        {
            // Seen by chance: it was not sent to this host.
        }
        else if (_owner is not null)
        {
            PassOn(packet);
        }
        else if (_heldBytes + packet.Length <= MostHeldBytes)
        {
            _held.Enqueue(packet.ToArray());
            _heldBytes += packet.Length;
        }
    }

    private void FollowClaim(ReadOnlySpan<byte> hardware)
    {
        _owner = hardware.ToArray();
        while (_held.TryDequeue(out byte[]? packet))
        {
            PassOn(packet);
        }

        _heldBytes = 0;
        _claimed.TrySetResult();
    }

    private void PassOn(Span<byte> packet)
    {
        Span<byte> frame = packet[PacketTap.PrefixLength..];
        _owner.CopyTo(frame);
        _device.HardwareAddress.CopyTo(frame[HardwareAddressLength..]);
        _tap.Send(packet);
    }
}
