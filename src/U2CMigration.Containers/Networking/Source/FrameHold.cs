using System.Buffers.Binary;
using U2CMigration.Core.Interop;

namespace U2CMigration.Containers.Networking.Source;

/// <summary>
/// Holds the frames for a container while its cable is cut, and sends them after it: to the destination, once its hardware address is heard from there after the commit, or to the container itself after
/// a rollback. Without it they would come again only when their senders have waited long enough.
/// </summary>
internal sealed class FrameHold : IAsyncDisposable
{
    private const int LargestFrame = 1 << 18;
    private const int AddressLength = 6;

    /// <summary>What is held at the most; what else comes is sent again by its sender.</summary>
    private const int MostHeldBytes = 64 << 20;

    private const ushort LoadHalf = 0x28;
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;
    private const uint WholeFrame = 0x40000;

    private static readonly TimeSpan LatestClaim = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Wakeup = TimeSpan.FromMilliseconds(50);

    private readonly byte[] _container;
    private readonly byte[] _own;
    private readonly PacketTap _tap;
    private readonly int _device;
    private readonly Queue<byte[]> _held = [];
    private readonly TaskCompletionSource _claimed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private int _heldBytes;
    private volatile bool _passesOn;
    private volatile bool _committed;
    private volatile bool _stop;

    private FrameHold(PacketTap tap, int device, byte[] own, byte[] container)
    {
        (_tap, _device, _own, _container) = (tap, device, own, container);
        _running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Prepares to hold frames.</summary>
    /// <param name="device">Where they arrive.</param>
    /// <param name="own">The hardware address of that device.</param>
    /// <param name="container">The hardware address of the container.</param>
    public static FrameHold Open(int device, byte[] own, byte[] container) => new(PacketTap.Open(Filter(container)), device, own, container);

    /// <summary>Begins to hold.</summary>
    public void Begin()
    {
        _passesOn = false;
        _tap.Listen(_device);
    }

    /// <summary>From now on the one that has the hardware address of the container is the destination.</summary>
    public void FollowClaims() => _committed = true;

    /// <summary>Sends what is held after the container, which is plugged in again.</summary>
    public void GiveBack() => _passesOn = true;

    public async ValueTask DisposeAsync()
    {
        if (_committed && !_passesOn)
        {
            // The destination may be late with its announcement: what is held would be lost.
            await Task.WhenAny(_claimed.Task, Task.Delay(LatestClaim)).ConfigureAwait(false);
        }

        _stop = true;
        await _running.ConfigureAwait(false);
        _tap.Dispose();
    }

    /// <summary>The program that takes frames to the container, and from it (classic BPF, <c>linux/filter.h</c>).</summary>
    internal static PacketTap.Instruction[] Filter(ReadOnlySpan<byte> container)
    {
        ushort high = BinaryPrimitives.ReadUInt16BigEndian(container);
        uint low = BinaryPrimitives.ReadUInt32BigEndian(container[2..]);
        return
        [
            new(LoadHalf, 0, 0, 0),
            new(JumpIfEqual, 0, 2, high),
            new(LoadWord, 0, 0, 2),
            new(JumpIfEqual, 4, 0, low),
            new(LoadHalf, 0, 0, AddressLength),
            new(JumpIfEqual, 0, 3, high),
            new(LoadWord, 0, 0, AddressLength + 2),
            new(JumpIfEqual, 0, 1, low),
            new(Return, 0, 0, WholeFrame),
            new(Return, 0, 0, 0),
        ];
    }

    private void Run()
    {
        byte[] buffer = new byte[LargestFrame];
        for (bool last = false; !last;)
        {
            // Read before the frames are taken: those that came until then are sent on, too.
            last = _stop;
            if (_tap.Wait(last ? TimeSpan.Zero : _passesOn || _held.Count == 0 ? Wakeup : TimeSpan.FromMilliseconds(1)))
            {
                while (_tap.TryReceive(buffer, out int length))
                {
                    Take(buffer.AsSpan(0, length));
                }
            }

            if (_passesOn)
            {
                PassOnHeld();
            }
        }
    }

    private void Take(Span<byte> packet)
    {
        Span<byte> frame = packet[PacketTap.PrefixLength..];
        if (frame.Length < 2 * AddressLength)
        {
            return;
        }

        if (frame[AddressLength..(2 * AddressLength)].SequenceEqual(_container))
        {
            if (_committed)
            {
                _passesOn = true;
                _claimed.TrySetResult();
            }
        }
        else if (_passesOn)
        {
            PassOnHeld();
            PassOn(packet);
        }
        else if (_heldBytes + packet.Length <= MostHeldBytes)
        {
            _held.Enqueue(packet.ToArray());
            _heldBytes += packet.Length;
        }
    }

    private void PassOnHeld()
    {
        while (_held.TryDequeue(out byte[]? packet))
        {
            PassOn(packet);
        }

        _heldBytes = 0;
    }

    /// <summary>From here, so that no bridge looks for its sender in this place.</summary>
    private void PassOn(Span<byte> packet)
    {
        _own.CopyTo(packet[(PacketTap.PrefixLength + AddressLength)..]);
        _tap.Send(packet);
    }
}
