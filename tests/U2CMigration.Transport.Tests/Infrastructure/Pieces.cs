using System.Buffers;

namespace U2CMigration.Transport.Tests.Infrastructure;

/// <summary>Bytes as a sequence of many segments, as a pipe hands them out.</summary>
internal static class Pieces
{
    public static ReadOnlySequence<byte> Of(byte[] bytes, int pieceBytes)
    {
        if (bytes.Length <= pieceBytes)
        {
            return new ReadOnlySequence<byte>(bytes);
        }

        var first = new Segment(bytes.AsMemory(0, pieceBytes), null);
        Segment last = first;
        for (int i = pieceBytes; i < bytes.Length; i += pieceBytes)
        {
            last = new Segment(bytes.AsMemory(i, Math.Min(pieceBytes, bytes.Length - i)), last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
