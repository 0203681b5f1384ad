using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>CRIU's side of the lazy pages socket: per process 4 bytes of its number, then its userfaultfd; at the end a marker.</summary>
internal sealed class RestoreConversation(Socket connection) : IDisposable
{
    /// <summary>CRIU's marker for a finished restore.</summary>
    internal const uint Marker = 0x52535446;

    private readonly byte[] _number = new byte[sizeof(int)];
    private int _received;
    private int _processId;

    internal enum Step
    {
        /// <summary>Nothing more is there.</summary>
        Nothing,

        /// <summary>A process sent its userfaultfd.</summary>
        Task,

        /// <summary>A process of the images is dead and has no memory.</summary>
        DeadTask,

        /// <summary>All memory is registered.</summary>
        Registered,

        /// <summary>CRIU has closed the connection.</summary>
        Closed,
    }

    internal int Handle => (int)connection.Handle;

    /// <summary>Who sent the last descriptor, each process its own; 0 when the kernel did not say.</summary>
    internal int Sender { get; private set; }

    /// <summary>Takes the next message, if it is there.</summary>
    /// <exception cref="CriuException">CRIU does not follow the protocol.</exception>
    internal Step Next(out int processId, out SafeFileHandle? descriptor)
    {
        Step step = _processId != 0 ? NextDescriptor(out descriptor) : NextNumber(out descriptor);
        processId = _processId;
        if (step is Step.Task or Step.DeadTask)
        {
            _processId = 0;
        }

        return step;
    }

    /// <summary>Lets nothing more come in behind what is already here.</summary>
    internal void Refuse() => connection.Shutdown(SocketShutdown.Receive);

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private Step NextNumber(out SafeFileHandle? descriptor)
    {
        int length = SocketMessages.Receive(connection.SafeHandle, _number.AsSpan(_received), out descriptor, out _);
        if (descriptor is not null)
        {
            descriptor.Dispose();
            throw Unexpected("a descriptor in place of a process number");
        }

        if (length <= 0)
        {
            return length < 0 ? Step.Nothing : Step.Closed;
        }

        _received += length;
        if (_received < sizeof(int))
        {
            return Step.Nothing;
        }

        _received = 0;
        int number = BinaryPrimitives.ReadInt32LittleEndian(_number);
        if (number == unchecked((int)Marker))
        {
            return Step.Registered;
        }

        // The smallest integer has no positive counterpart.
        if (number is 0 or int.MinValue)
        {
            throw Unexpected($"the process number {number}");
        }

        _processId = int.Abs(number);
        return number < 0 ? Step.DeadTask : NextDescriptor(out descriptor);
    }

    private Step NextDescriptor(out SafeFileHandle? descriptor)
    {
        Span<byte> carrier = stackalloc byte[1];
        int length = SocketMessages.Receive(connection.SafeHandle, carrier, out descriptor, out int sender);
        Sender = sender;
        if (length <= 0)
        {
            return length < 0 ? Step.Nothing : Step.Closed;
        }

        return descriptor is not null ? Step.Task : throw Unexpected($"no userfaultfd for process {_processId}");
    }

    private static CriuException Unexpected(string what) =>
        new($"CRIU's restore sent {what} on the lazy pages socket. The restore can not go on; the source still has the process. Check that the CRIU version is 4.2 or later.", "LAZY_PAGES");
}
