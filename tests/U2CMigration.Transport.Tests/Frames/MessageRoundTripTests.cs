using System.Buffers;
using CsCheck;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Frames;

public sealed class MessageRoundTripTests
{
    [Fact]
    public void Read_AnyMessageInAnyPieces_IsTheMessageThatWasSent() =>
        Gen.Select(Gens.Message, Gen.Int[1, 300]).Sample((message, pieceBytes) =>
        {
            byte[] sent = message.Encode();
            ReadOnlySequence<byte> buffer = Pieces.Of(sent, pieceBytes);

            FrameReader.Outcome outcome = new FrameReader("peer").Read(ref buffer, null, out MigrationMessage? received);

            return outcome == FrameReader.Outcome.Message && buffer.IsEmpty && received!.GetType() == message.GetType() && received.Encode().AsSpan().SequenceEqual(sent);
        });

    [Fact]
    public void Encode_Offer_HasTheDocumentedLayout()
    {
        var offer = new Offer
        {
            MigrationId = new Guid("00112233-4455-6677-8899-aabbccddeeff"), Name = "db", Kernel = "k", CriuVersion = "4.2.1", TotalMemoryBytes = 0x1122,
            ProcessIds = [7], Options = OfferOptions.Lazy, Requirements = ["r"],
        };

        byte[] frame = offer.Encode(5);

        Convert.ToHexStringLower(frame.AsSpan(8)).Should().Be(
            "3a000000" + "0000" + "01" + "00" + "0500000000000000"
            + "00112233445566778899aabbccddeeff" + "02006462" + "01006b" + "0500342e322e31" + "00100000" + "2211000000000000" + "01" + "01000000" + "07000000" + "01000000" + "010072");
    }

    /// <summary>A peer of before traits breaks off at bytes behind the requirements: without traits there are none.</summary>
    [Fact]
    public void Encode_OfferWithTraits_AppendsThem()
    {
        var plain = new Offer
        {
            MigrationId = Guid.Empty, Name = "db", Kernel = "k", CriuVersion = "4.2.1", TotalMemoryBytes = 1, ProcessIds = [7], Requirements = ["r"],
        };

        byte[] frame = (plain with { Traits = [Offer.UserNamespace] }).Encode(5);

        byte[] appended = frame[plain.Encode(5).Length..];
        Convert.ToHexStringLower(appended).Should().Be("01000000" + "0e00" + Convert.ToHexStringLower("user-namespace"u8));
    }

    [Fact]
    public void Read_EveryTypeWithAGenerator_IsCovered()
    {
        HashSet<MessageType> seen = [];
        Gens.Message.Sample(message =>
        {
            lock (seen)
            {
                seen.Add(message.Type);
            }
        }, iter: 2000);

        seen.Order().Should().Equal(Enum.GetValues<MessageType>().Except([MessageType.None, MessageType.Pages, MessageType.PagesAck]));
    }

    [Fact]
    public void Read_PagesAck_GivesTheBytesAcknowledged()
    {
        var buffer = new ReadOnlySequence<byte>(new PayloadWriter().EncodePagesAck(77, 0));
        var frames = new FrameReader("peer");

        FrameReader.Outcome outcome = frames.Read(ref buffer, null, out _);

        (outcome, frames.AcknowledgedBytes).Should().Be((FrameReader.Outcome.PagesAck, 77L));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("a/b")]
    [InlineData("..\\x")]
    [InlineData("a\0b")]
    [InlineData("core-1..img")]
    public void Encode_ImageNameThatIsNoPlainFileName_IsRefused(string name)
    {
        Action encode = () => new ImageFile(name, 0, 0, default).Encode();

        encode.Should().Throw<ArgumentException>();
    }

    [Theory]
    [InlineData(0, 0x1000UL, 1)]
    [InlineData(-1, 0x1000UL, 1)]
    [InlineData(1, 0x1001UL, 1)]
    [InlineData(1, 0x1000UL, 0)]
    [InlineData(1, 1UL << 47, 1)]
    [InlineData(1, (1UL << 47) - 0x1000, 2)]
    [InlineData(1, 0xffff_ffff_ffff_f000, 2)]
    [InlineData(1, 0x1000UL, 1L << 32)]
    public void Encode_RunOutsideUserSpace_IsRefused(int processId, ulong address, long pages)
    {
        Action encode = () => new PagesDropped([new PageRun(processId, address, pages)]).Encode();

        encode.Should().Throw<ArgumentException>();
    }
}
