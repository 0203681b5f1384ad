using System.Net.Sockets;
using Google.Protobuf;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Rpc;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>Replies of CRIU: packets, and what is taken from them; with a log beside.</summary>
internal sealed class RpcTarget : IFuzzTarget, IDisposable
{
    // Not before the first input: what is instrumented has nowhere to count before WarmUp.
    private readonly Lazy<(WorkerSocket Own, Socket Peer)> _ends = new(static () =>
    {
        (Socket own, SafeFileHandle peer) = SocketPair.Create(SocketPair.SequencedPacket);
        var ownedElsewhere = new SafeSocketHandle(peer.DangerousGetHandle(), ownsHandle: true);
        peer.SetHandleAsInvalid();
        return (new WorkerSocket(own), new Socket(ownedElsewhere));
    });

    public string Name => "rpc";

    public void Run(ReadOnlySpan<byte> input)
    {
        var cursor = new Cursor(input);
        var request = (RequestType)(cursor.Byte() & 15);
        ReadOnlySpan<byte> packet = cursor.Piece();
        string words = System.Text.Encoding.UTF8.GetString(cursor.Rest());
        Log(words);
        if (packet.IsEmpty)
        {
            return;
        }

        _ends.Value.Peer.Send(packet);
        try
        {
            Response response = _ends.Value.Own.ReceiveAsync(Response.Parser, CancellationToken.None).AsTask().GetAwaiter().GetResult()!;
            Take(response, request, words);
        }
        catch (InvalidProtocolBufferException)
        {
            // What is documented.
        }
    }

    public IEnumerable<byte[]> Seeds()
    {
        const string Words = "(00.012345)    161: Error (criu/files-ext.c:98): Can't open file /srv/a.";
        Response[] replies =
        [
            new() { Type = RequestType.Version, Success = true, Version = new() { MajorNumber = 4, MinorNumber = 2, Sublevel = 1, Gitid = "v4.2.1" } },
            new() { Type = RequestType.FeatureCheck, Success = true, Features = new Features { LazyPages = true } },
            new() { Type = RequestType.Notify, Success = true, Notify = new Notification { Script = "post-restore", Pid = 10009 } },
            new() { Type = RequestType.PageServerChld, Success = true, Ps = new() { Pid = 5, Port = 6 } },
            new() { Type = RequestType.Dump, Success = false, CrErrno = 3, CrErrmsg = Words },
        ];
        return replies.Select(static reply => (byte[])[(byte)reply.Type, .. Cursor.PieceOf(reply.ToByteArray()), .. System.Text.Encoding.UTF8.GetBytes(Words)]);
    }

    public void Dispose()
    {
        if (_ends.IsValueCreated)
        {
            _ends.Value.Own.Dispose();
            _ends.Value.Peer.Dispose();
        }
    }

    private static void Take(Response response, RequestType request, string words)
    {
        foreach (Action take in (ReadOnlySpan<Action>)
            [
                () => CriuFailure.ThrowIfFailed(request, response, logPath: null, words), () => CriuReplies.VersionOf(response), () => CriuReplies.FeaturesOf(response),
                () => CriuReplies.PageServerOf(response), () => CriuReplies.NotificationOf(response.Notify),
            ])
        {
            try
            {
                take();
            }
            catch (CriuException)
            {
                // What is documented.
            }
        }
    }

    private static void Log(string words)
    {
        _ = Criu.Logs.CriuLog.Extract(words);
        _ = Criu.Logs.CriuLog.Cause(words);
    }
}
