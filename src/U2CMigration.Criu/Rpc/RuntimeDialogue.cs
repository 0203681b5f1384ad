using System.Buffers.Binary;
using System.Net.Sockets;
using Google.Protobuf;
using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.Rpc;

/// <summary>The dialogue with a container runtime in CRIU's place: what CRIU says is passed on, some of it at once and some when the runtime may know of it.</summary>
internal sealed class RuntimeDialogue : IDisposable
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int MaxRequestBytes = 1 << 20;

    private readonly Socket _socket;
    private readonly WorkerSocket _packets;
    private readonly List<CriuNotification> _later = [];

    private RuntimeDialogue(Socket socket, RuntimeRequest request)
    {
        _socket = socket;
        _packets = new WorkerSocket(socket);
        Request = request;
    }

    /// <summary>What it has asked for.</summary>
    internal RuntimeRequest Request { get; }

    /// <summary>The kind of the request that waits, which stays where it is. Blocks: the socket is shared with the process that may become CRIU, which does not expect one that does not wait.</summary>
    internal static RequestType Peek(Socket socket) => Read(socket, SocketFlags.Peek).Type;

    /// <summary>Takes the request.</summary>
    /// <param name="socket">The runtime's socket; belongs to the dialogue from now on.</param>
    internal static RuntimeDialogue Take(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[12];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return new RuntimeDialogue(socket, new RuntimeRequest(Read(socket, SocketFlags.None), BinaryPrimitives.ReadInt32LittleEndian(credentials)));
    }

    /// <summary>Passes a step of a restore on. The runtime prepares with those up to the namespaces; the others say that the container is restored, and wait.</summary>
    /// <returns>Whether the runtime agrees.</returns>
    internal async ValueTask<bool> RelayAsync(CriuNotification notification)
    {
        switch (notification.Kind)
        {
            case CriuNotificationKind.PreRestore or CriuNotificationKind.SetupNamespaces or CriuNotificationKind.PostSetupNamespaces:
                return await NotifyAsync(notification).ConfigureAwait(false);
            case CriuNotificationKind.OrphanPtsMaster:
                // It comes with a descriptor, and containers with a terminal were refused before.
                return false;
            default:
                _later.Add(notification);
                return true;
        }
    }

    /// <summary>Says what was kept back.</summary>
    /// <exception cref="CriuException">The runtime does not agree with a step, or is gone.</exception>
    internal async Task CatchUpAsync()
    {
        foreach (CriuNotification notification in _later)
        {
            if (!await NotifyAsync(notification).ConfigureAwait(false))
            {
                throw new CriuException($"The container runtime has refused the step {notification.Name} of the restore.", "RESTORE");
            }
        }
    }

    /// <summary>Says that the restore is done.</summary>
    /// <param name="processId">The root of the restored tree.</param>
    internal void SayRestored(int processId)
    {
        try
        {
            _socket.Send(new Response { Type = RequestType.Restore, Success = true, Restore = new RestoreResponse { Pid = processId } }.ToByteArray());
        }
        catch (SocketException)
        {
            // It is gone, and what has become of it shows.
        }
    }

    /// <summary>Says that the request has come to nothing.</summary>
    internal async Task RefuseAsync()
    {
        try
        {
            await AnswerAsync(new Response { Type = Request.Type, Success = false }).ConfigureAwait(false);
        }
        catch (CriuException)
        {
            // It is gone.
        }
    }

    /// <summary>Says that a dump is done.</summary>
    internal Task CompleteDumpAsync() => AnswerAsync(new Response { Type = RequestType.Dump, Success = true, Dump = new DumpResponse() });

    public void Dispose() => _packets.Dispose();

    private async ValueTask<bool> NotifyAsync(CriuNotification notification)
    {
        if (!Request.WantsNotifications)
        {
            return true;
        }

        var message = new Response { Type = RequestType.Notify, Success = true, Notify = new Notification { Script = notification.Name } };
        if (notification.ProcessId > 0)
        {
            message.Notify.Pid = notification.ProcessId;
        }

        await AnswerAsync(message).ConfigureAwait(false);
        try
        {
            return await _packets.ReceiveAsync(Protobuf.Rpc.Request.Parser, CancellationToken.None).ConfigureAwait(false) is { NotifySuccess: true };
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task AnswerAsync(Response response)
    {
        try
        {
            await _packets.SendAsync(response, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw new CriuException($"The container runtime does not listen any more ({exception.Message}); it was ended, or has given up.", "RESTORE", exception.NativeErrorCode);
        }
    }

    private static Request Read(Socket socket, SocketFlags flags)
    {
        byte[] buffer = new byte[MaxRequestBytes];
        int length = socket.Receive(buffer, flags);
        return length == 0
            ? throw new CriuException("The container runtime has closed its connection before it asked for anything; it was ended, or has failed.", "RESTORE")
            : Protobuf.Rpc.Request.Parser.ParseFrom(buffer, 0, length);
    }
}
