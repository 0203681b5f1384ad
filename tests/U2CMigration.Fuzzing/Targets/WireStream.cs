using System.Buffers;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>Frames as they come over a connection.</summary>
internal static class WireStream
{
    /// <summary>A frame with a right checksum: a wrong one is found at once, and nothing would be behind it.</summary>
    public static byte[] Seal(MessageType type, ReadOnlySpan<byte> head, ReadOnlySpan<byte> data, ulong sequence)
    {
        byte[] frame = [.. new byte[FrameHeader.Size], .. head, .. data];
        FrameHeader.Seal(type == MessageType.Pages ? frame.AsSpan(0, FrameHeader.Size + head.Length) : frame, head.Length + data.Length, type, sequence);
        return frame;
    }

    /// <summary>Reads messages until the bytes end or a documented exception comes.</summary>
    public static List<MigrationMessage> Read(byte[] bytes, int pieceBytes, PageKeeper sink)
    {
        var messages = new List<MigrationMessage>();
        ReadOnlySequence<byte> buffer = Pieces(bytes, pieceBytes);
        var frames = new FrameReader("peer") { AcceptsCodedPages = true };
        try
        {
            while (frames.Read(ref buffer, sink, out MigrationMessage? message) != FrameReader.Outcome.NeedMore)
            {
                if (message is not null)
                {
                    messages.Add(message);
                }
            }
        }
        catch (Exception e) when (e is TransportException or MigrationProtocolException)
        {
            // What is documented.
        }

        sink.ThrowIfOverrun();
        return messages;
    }

    /// <summary>What a message came from is what it is sent as again.</summary>
    public static void ThrowIfChanged(MigrationMessage message)
    {
        byte[] sent = new PayloadWriter().Encode(message, 0).ToArray();
        MigrationMessage again = Read(sent, 0, new PageKeeper()).Single();
        if (!new PayloadWriter().Encode(again, 0).Span.SequenceEqual(sent))
        {
            throw new InvalidOperationException($"{message.Type} is another one when it was sent again.");
        }
    }

    public static ReadOnlySequence<byte> Pieces(byte[] bytes, int pieceBytes)
    {
        if (pieceBytes == 0 || bytes.Length <= pieceBytes)
        {
            return new ReadOnlySequence<byte>(bytes);
        }

        var first = new Piece(bytes.AsMemory(0, pieceBytes), null);
        Piece last = first;
        for (int at = pieceBytes; at < bytes.Length; at += pieceBytes)
        {
            last = new Piece(bytes.AsMemory(at, Math.Min(pieceBytes, bytes.Length - at)), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
