using System.Buffers;
using System.Buffers.Binary;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Pages;

public sealed class PageBatchDecoderTests
{
    private const int Head = FrameHeader.Size;

    [Fact]
    public void Take_DamagedPage_IsNotCompleted()
    {
        byte[] frame = Batches.Random(1, 3).Frame(0).ToArray();
        frame[^1] ^= 1;
        var sink = new DictionarySink();

        Action receive = () => Receive(frame, sink);

        receive.Should().Throw<TransportException>().Where(e => e.IsTransient);
        sink.Pages.Keys.Should().BeEquivalentTo([(1, 0x10000UL), (1, 0x11000UL)]);
    }

    [Fact]
    public void Begin_UnknownEncoding_IsRefusedLoudly() =>
        Begin(head => head[0] = 9).Should().Throw<MigrationProtocolException>().WithMessage("*encoding 1*got 9*same release*");

    [Fact]
    public void Begin_MoreRunsThanThereIsRoomFor_IsRefused() =>
        Begin(head => BinaryPrimitives.WriteUInt16LittleEndian(head[2..], 0xffff)).Should().Throw<MigrationProtocolException>();

    [Fact]
    public void Begin_MorePagesThanABatchHolds_IsRefused() =>
        Begin(head => BinaryPrimitives.WriteUInt16LittleEndian(head[4..], 257)).Should().Throw<MigrationProtocolException>();

    [Fact]
    public void Begin_RunsLongerThanTheBatch_IsRefused() =>
        Begin(head => BinaryPrimitives.WriteUInt32LittleEndian(head[12..], 4)).Should().Throw<MigrationProtocolException>().WithMessage("*3 pages*4*");

    [Fact]
    public void Begin_RunInKernelSpace_IsRefused() =>
        Begin(head => BinaryPrimitives.WriteUInt64LittleEndian(head[16..], 0xffff_8000_0000_0000)).Should().Throw<MigrationProtocolException>();

    [Fact]
    public void Begin_ZeroMarkBehindTheLastPage_IsRefused() =>
        Begin(head => head[24 + 1] = 1).Should().Throw<MigrationProtocolException>();

    [Fact]
    public void Begin_ZeroMarkOnAPageWithData_IsRefused() =>
        Begin(head => head[24] = 1).Should().Throw<MigrationProtocolException>();

    private static Action Begin(Change change) => () =>
    {
        byte[] frame = Batches.Random(1, 3).Frame(0).ToArray();
        int headBytes = BinaryPrimitives.ReadUInt16LittleEndian(frame.AsSpan(12));
        change(frame.AsSpan(Head, headBytes));
        FrameHeader.Seal(frame.AsSpan(0, Head + headBytes), frame.Length - Head, MessageType.Pages, 0);
        Receive(frame, new DictionarySink());
    };

    private static void Receive(byte[] frame, IPageSink sink)
    {
        var buffer = new ReadOnlySequence<byte>(frame);
        new FrameReader("peer").Read(ref buffer, sink, out _);
    }

    private delegate void Change(Span<byte> head);
}
