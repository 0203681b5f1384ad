using System.Buffers;
using System.Buffers.Binary;
using CsCheck;
using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Pages;

/// <summary>Coded batches that are damaged, forged or build on what is not there.</summary>
public sealed class CodedBatchTests
{
    private const ulong Address = 0x10000;

    // One run: the first shape lies behind the fixed part and the run.
    private const int FirstShape = FrameHeader.Size + 8 + 16;

    [Fact]
    public void Receive_CodecNotAgreedOn_IsRefused()
    {
        Action receive = () => Receive(Coded(Contents.Random(1)), new DictionarySink(), acceptsCoded: false);

        receive.Should().Throw<MigrationProtocolException>().WithMessage("*encoding 1*got 2*");
    }

    [Theory]
    [InlineData(PageKind.Unchanged)]
    [InlineData(PageKind.Delta)]
    [InlineData(PageKind.Reference)]
    public void Receive_PageThatBuildsOnOneNotHeld_IsABreach(PageKind kind)
    {
        byte[] second = Second(kind);
        var sink = new DictionarySink();

        Action receive = () => Receive(second, sink);

        receive.Should().Throw<MigrationProtocolException>().WithMessage("*not held*");
        sink.Pages.Should().BeEmpty();
    }

    [Theory]
    [InlineData(PageKind.Unchanged)]
    [InlineData(PageKind.Delta)]
    [InlineData(PageKind.Reference)]
    public void Receive_OtherBaseThanTheSourceMeans_IsNotTaken(PageKind kind)
    {
        byte[] second = Second(kind);
        var sink = new DictionarySink();
        Contents.Random(99).CopyTo(sink.Prepare(1, Address));
        sink.Complete(1, Address, 0);

        Action receive = () => Receive(second, sink);

        Exception thrown = receive.Should().Throw<Exception>().Which;
        (thrown is MigrationProtocolException or TransportException).Should().BeTrue();
        sink.Pages.Should().NotContainKey((2, Address));
        sink.Pages.GetValueOrDefault((1, Address), Contents.Random(99)).Should().Equal(Contents.Random(99));
    }

    [Fact]
    public void Receive_DamagedDifference_LeavesThePageInNeitherVersion()
    {
        byte[] second = Second(PageKind.Delta);
        second[^1] ^= 1;
        var sink = new DictionarySink();
        Contents.Random(1).CopyTo(sink.Prepare(1, Address));
        sink.Complete(1, Address, 0);

        Action receive = () => Receive(second, sink);

        receive.Should().Throw<TransportException>().Where(e => e.IsTransient);
        sink.Pages.Should().BeEmpty();
    }

    [Theory]
    [InlineData(6, 100)]
    [InlineData(7, 0)]
    [InlineData((int)PageKind.Zero, 1)]
    [InlineData((int)PageKind.Raw, 4095)]
    [InlineData((int)PageKind.Unchanged, 8)]
    [InlineData((int)PageKind.Reference, 12)]
    [InlineData((int)PageKind.Compressed, 0)]
    [InlineData((int)PageKind.Compressed, 4096)]
    [InlineData((int)PageKind.Delta, 8191)]
    public void Receive_ShapeThatCanNotBe_IsRefused(int kind, int bytes)
    {
        byte[] frame = Coded(Contents.Text(1));
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(FirstShape), (ushort)((kind << 13) | bytes));

        Action receive = () => Receive(Resealed(frame), new DictionarySink());

        receive.Should().Throw<MigrationProtocolException>();
    }

    [Fact]
    public void Receive_ReferenceIntoKernelSpace_IsRefused()
    {
        byte[] frame = Second(PageKind.Reference);
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(frame.Length - 8), 0xffff_8000_0000_0000);

        Action receive = () => Receive(Resealed(frame), new DictionarySink());

        receive.Should().Throw<MigrationProtocolException>().WithMessage("*reference*2^47*");
    }

    [Fact]
    public void Receive_AnyBytesChanged_GivesOnlyTheTwoExceptionsAndNoWrongPage() =>
        Gen.Select(Gen.Int, Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte).Array[1, 4], Gen.Bool, Gen.Int[1, 9000]).Sample((seed, changes, reseal, pieceBytes) =>
        {
            (DictionarySink sink, byte[] frame, Dictionary<(int, ulong), byte[]> after) = Scene(seed);
            Dictionary<(int, ulong), byte[]> before = new(sink.Pages);
            foreach ((int at, byte value) in changes)
            {
                frame[at % frame.Length] = value;
            }

            // With the checksum made right, a change in the head must be caught by what the head has to say.
            bool isForged = reseal && TryReseal(frame);
            try
            {
                Receive(frame, sink, pieceBytes: pieceBytes);
            }
            catch (Exception e) when (e is TransportException or MigrationProtocolException)
            {
            }

            return isForged || sink.Pages.All(page => Same(page.Value, before.GetValueOrDefault(page.Key)) || Same(page.Value, after.GetValueOrDefault(page.Key)));
        }, iter: 2000);

    [Fact]
    public void Receive_AnyBytesAsCompressedData_GiveOnlyDamage() =>
        Gen.Select(Gen.Byte.Array[1, 4095], Gen.Bool).Sample((data, isDelta) =>
        {
            byte[] frame = Forged(isDelta ? PageKind.Delta : PageKind.Compressed, data);
            var sink = new DictionarySink();
            Contents.Random(1).CopyTo(sink.Prepare(1, Address));
            sink.Complete(1, Address, 0);
            Action receive = () => Receive(frame, sink);

            receive.Should().Throw<TransportException>();
            return sink.GuardsAreIntact;
        }, iter: 20_000);

    private static bool Same(byte[] page, byte[]? other) => other is not null && page.AsSpan().SequenceEqual(other);

    /// <summary>A destination with some pages, the frame that changes them, and what they are afterwards.</summary>
    private static (DictionarySink Sink, byte[] Frame, Dictionary<(int, ulong), byte[]> After) Scene(int seed)
    {
        var link = new CodedLink();
        for (int i = 0; i < 6; i++)
        {
            link.Send(1, Address + ((ulong)i << 12), Contents.Random(i));
        }

        var batch = new PageBatch();
        byte[][] pages = [Contents.Random(0), Contents.Changed(Contents.Random(1), Math.Abs(seed % 3000)), Contents.Random(5), Contents.Text(seed), new byte[PageBatch.PageBytes], Contents.Random(77)];
        pages.SelectMany(page => page).ToArray().CopyTo(batch.Add(1, Address, pages.Length));
        batch.Seal(link.Codec);
        Dictionary<(int, ulong), byte[]> after = [];
        for (int i = 0; i < pages.Length; i++)
        {
            after[(1, Address + ((ulong)i << 12))] = i == 4 ? [] : pages[i];
        }

        return (link.Sink, batch.Frame(0).ToArray(), after);
    }

    /// <summary>The frame with a page of the kind, after random page 1 was sent at the address of process 1.</summary>
    private static byte[] Second(PageKind kind)
    {
        var link = new CodedLink();
        link.Send(1, Address, Contents.Random(1));
        var batch = new PageBatch();
        byte[] page = kind == PageKind.Delta ? Contents.Changed(Contents.Random(1), 3) : Contents.Random(1);
        page.CopyTo(batch.Add(kind == PageKind.Reference ? 2 : 1, Address, 1));
        batch.Seal(link.Codec);
        PageShape.Of(BinaryPrimitives.ReadUInt16LittleEndian(batch.Frame(0).Span[FirstShape..])).Kind.Should().Be(kind);
        return batch.Frame(0).ToArray();
    }

    private static byte[] Coded(byte[] page)
    {
        var batch = new PageBatch();
        page.CopyTo(batch.Add(1, Address, 1));
        batch.Seal(new PageCodec(new PageCodecOptions()));
        return batch.Frame(0).ToArray();
    }

    /// <summary>A frame with one page of the kind and any data.</summary>
    private static byte[] Forged(PageKind kind, byte[] data)
    {
        byte[] text = Coded(Contents.Text(1));
        int headEnd = FrameHeader.Size + BinaryPrimitives.ReadUInt16LittleEndian(text.AsSpan(12));
        byte[] frame = [.. text.AsSpan(0, headEnd), .. data];
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(FirstShape), new PageShape(kind, data.Length).Value);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), frame.Length - FrameHeader.Size);
        return Resealed(frame);
    }

    private static byte[] Resealed(byte[] frame) => TryReseal(frame) ? frame : throw new InvalidOperationException("The lengths in the header do not fit.");

    private static bool TryReseal(byte[] frame)
    {
        int headBytes = BinaryPrimitives.ReadUInt16LittleEndian(frame.AsSpan(12));
        if (FrameHeader.Size + headBytes > frame.Length)
        {
            return false;
        }

        FrameHeader.Seal(frame.AsSpan(0, FrameHeader.Size + headBytes), frame.Length - FrameHeader.Size, MessageType.Pages, 0);
        return true;
    }

    private static void Receive(byte[] frame, DictionarySink sink, bool acceptsCoded = true, int pieceBytes = int.MaxValue)
    {
        ReadOnlySequence<byte> buffer = Pieces.Of(frame, pieceBytes);
        new FrameReader("peer") { AcceptsCodedPages = acceptsCoded }.Read(ref buffer, sink, out _);
    }
}
