using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using CsCheck;
using U2CMigration.Testing;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Frames;

/// <summary>Whatever comes in, only the two documented exceptions come out, and no length that a stranger names sets memory aside.</summary>
public sealed class GarbledInputTests
{
    private static readonly Gen<byte[]> Wire = Gen.Select(Gens.Message, Gens.Batch, Gens.Message).Select((first, batch, last) =>
        (byte[])[.. first.Encode(), .. batch.SentPages > 0 ? batch.Frame(1).ToArray() : new Accept().Encode(1), .. last.Encode(2)]);

    [Fact]
    public void Read_AnyBytesChanged_NeverGivesAnotherException() =>
        Gen.Select(Wire, Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte).Array[1, 4]).Sample((bytes, changes) =>
        {
            foreach ((int at, byte value) in changes)
            {
                bytes[at % bytes.Length] = value;
            }

            ReadAll(bytes);
        }, iter: 300);

    [Fact]
    public void Read_OneBitFlipped_IsNeverTakenForTheMessage() =>
        Gen.Select(Gens.Message, Gen.Int[0, int.MaxValue]).Sample((message, flip) =>
        {
            byte[] bytes = message.Encode();
            int bit = flip % (bytes.Length * 8);
            bytes[bit >> 3] ^= (byte)(1 << (bit & 7));

            return ReadAll(bytes) == 0;
        });

    [Fact]
    public void Read_CutOff_WaitsForMoreAndThrowsNothing() =>
        Gen.Select(Wire, Gen.Int[0, int.MaxValue]).Sample((bytes, cut) =>
        {
            var buffer = new ReadOnlySequence<byte>(bytes, 0, cut % bytes.Length);
            var frames = new FrameReader("peer");
            var sink = new DictionarySink();
            int count = 0;
            while (frames.Read(ref buffer, sink, out _) != FrameReader.Outcome.NeedMore)
            {
                count++;
            }

            return count < 3;
        }, iter: 100);

    [Fact]
    public void Read_RandomPayloadUnderARightChecksum_AllocatesLittleAndThrowsOnlyProtocolErrors() =>
        Gen.Select(Gen.Byte, Gen.Byte.Array[0, 400], Gen.Int[0, 60], Gen.Int[0, 3]).Sample((type, payload, at, what) =>
        {
            if (what > 0 && at + 4 <= payload.Length)
            {
                BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(at), what == 1 ? int.MaxValue : what == 2 ? 100_000 : -1);
            }

            byte[] frame = Frame(type, payload);
            long allocated = Allocation.LeastOf(2, () => ReadAll(frame));

            // Reader and exception cost some kilobytes; a list of 100,000 entries would cost hundreds of them.
            return allocated < 64 << 10;
        }, iter: 20_000);

    [Theory]
    [InlineData(MessageType.PagesDropped, 0, ProtocolLimits.MaxRuns)]
    [InlineData(MessageType.MissingPages, 1, ProtocolLimits.MaxRuns)]
    [InlineData(MessageType.ImagesEnd, 8, ProtocolLimits.MaxImageFiles)]
    [InlineData(MessageType.ImageFile, 19, ImageFile.MaxChunkBytes)]
    [InlineData(MessageType.Offer, 35, ProtocolLimits.MaxProcesses)]
    public void Read_LongListAnnouncedAndNotSent_SetsNoMemoryAside(MessageType type, int before, int count)
    {
        byte[] payload = new byte[before + 4];
        if (type == MessageType.ImageFile)
        {
            "\u0001\0a"u8.CopyTo(payload);
        }
        else if (type == MessageType.Offer)
        {
            // Id, three empty texts, 4096 bytes per page, memory, options.
            BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(22), 4096);
        }

        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(before), count);
        byte[] frame = Frame((byte)type, payload);
        Action read = () => Read(frame);
        read.Should().Throw<MigrationProtocolException>().Which.Got.Should().Contain("too few");

        Allocation.LeastOf(3, () => ReadAll(frame)).Should().BeLessThan(64 << 10);
    }

    [Theory]
    [InlineData(ProtocolLimits.MaxPayloadBytes + 1)]
    [InlineData(uint.MaxValue)]
    public void Read_PayloadAboveTheLimit_IsRefusedByItsHeaderAlone(uint payloadBytes)
    {
        byte[] header = new Accept().Encode();
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), payloadBytes);

        Action read = () => Read(header);

        read.Should().Throw<MigrationProtocolException>().WithMessage("*at most 4194304 bytes*");
    }

    [Fact]
    public void Read_FrameOutOfOrder_IsRefused()
    {
        Action read = () => Read(new Accept().Encode(1));

        read.Should().Throw<MigrationProtocolException>().Which.Got.Should().StartWith("frame 1");
    }

    [Fact]
    public void Read_PagesWhereNoneMayCome_IsRefused()
    {
        byte[] pages = Batches.Random(1, pages: 2).Frame(0).ToArray();

        Action read = () => Read(pages);

        read.Should().Throw<MigrationProtocolException>().Which.Got.Should().Be("Pages");
    }

    [Theory]
    [InlineData((byte)MessageType.ImageFile)]
    [InlineData((byte)MessageType.ImagesEnd)]
    public void Read_ImageNameThatLeadsOut_IsRefused(byte type)
    {
        byte[] name = "\u0005\0../ab"u8.ToArray();
        byte[] payload = type == (byte)MessageType.ImageFile ? [.. name, .. new byte[20]] : [.. new byte[8], 1, 0, 0, 0, .. name, .. new byte[16]];

        Action read = () => Read(Frame(type, payload));

        read.Should().Throw<MigrationProtocolException>().Which.Expected.Should().StartWith("a plain file name");
    }

    private static void Read(byte[] bytes)
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        new FrameReader("peer").Read(ref buffer, null, out _);
    }

    private static byte[] Frame(byte type, byte[] payload)
    {
        byte[] frame = new byte[FrameHeader.Size + payload.Length];
        payload.CopyTo(frame, FrameHeader.Size);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), (uint)payload.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(12), type == (byte)MessageType.Pages ? (ushort)payload.Length : (ushort)0);
        frame[14] = type;
        BinaryPrimitives.WriteUInt64LittleEndian(frame, XxHash3.HashToUInt64(frame.AsSpan(8)));
        return frame;
    }

    /// <summary>Reads until the bytes end or a documented exception comes; returns the number of messages.</summary>
    private static int ReadAll(byte[] bytes)
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        var frames = new FrameReader("peer");
        var sink = new DictionarySink();
        int count = 0;
        try
        {
            while (frames.Read(ref buffer, sink, out _) != FrameReader.Outcome.NeedMore)
            {
                count++;
            }
        }
        catch (Exception e) when (e is TransportException or MigrationProtocolException)
        {
        }

        return count;
    }
}
