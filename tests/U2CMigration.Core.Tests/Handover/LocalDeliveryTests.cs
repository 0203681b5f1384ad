using System.Buffers.Binary;
using U2CMigration.Core.Handover;

namespace U2CMigration.Core.Tests.Handover;

public sealed class LocalDeliveryTests
{
    private const int Header = 14;
    private const int Segment = Header + 20;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(1001)]
    public void Complete_KernelLeftTheChecksum_ItIsRight(int payload)
    {
        (byte[] prefix, byte[] frame) = Unfinished(payload);

        LocalDelivery.Complete(prefix, frame);

        // Over the pseudo header and the segment with a right checksum, the sum is all ones.
        SumOf(frame, payload).Should().Be(ushort.MaxValue);
    }

    [Fact]
    public void Complete_ChecksumIsThere_ItIsLeft()
    {
        (byte[] prefix, byte[] frame) = Unfinished(5);
        prefix[0] = 0;
        byte[] before = [.. frame];

        LocalDelivery.Complete(prefix, frame);

        frame.Should().Equal(before);
    }

    [Fact]
    public void Complete_OffsetsLeadOutside_NothingIsWritten()
    {
        (byte[] prefix, byte[] frame) = Unfinished(5);
        BinaryPrimitives.WriteUInt16LittleEndian(prefix.AsSpan(8), ushort.MaxValue);
        byte[] before = [.. frame];

        LocalDelivery.Complete(prefix, frame);

        frame.Should().Equal(before);
    }

    [Fact]
    public void Datagram_DevicePaddedTheFrame_PaddingIsLeftOut()
    {
        (_, byte[] frame) = Unfinished(1);

        LocalDelivery.Datagram([.. frame, 0, 0, 0]).Length.Should().Be(41);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(33)]
    public void Datagram_FrameIsCutOff_IsNone(int length) => LocalDelivery.Datagram(Unfinished(0).Frame.AsSpan(0, length)).Length.Should().Be(0);

    private static (byte[] Prefix, byte[] Frame) Unfinished(int payload)
    {
        byte[] frame = new byte[Segment + 20 + payload];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x0800);
        frame[Header] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Header + 2), (ushort)(40 + payload));
        frame[Header + 9] = 6;
        byte[] addresses = [10, 77, 0, 9, 10, 77, 0, 100];
        addresses.CopyTo(frame, Header + 12);
        for (int i = Segment; i < frame.Length; i++)
        {
            frame[i] = (byte)(i * 31);
        }

        // The kernel leaves the folded sum of the pseudo header in the field.
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(Segment + 16), Fold(PseudoSum(frame, payload)));
        byte[] prefix = new byte[10];
        prefix[0] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(prefix.AsSpan(6), Segment);
        BinaryPrimitives.WriteUInt16LittleEndian(prefix.AsSpan(8), 16);
        return (prefix, frame);
    }

    private static ushort SumOf(byte[] frame, int payload)
    {
        uint sum = PseudoSum(frame, payload);
        for (int i = Segment; i < frame.Length; i++)
        {
            sum += (i - Segment) % 2 == 0 ? (uint)(frame[i] << 8) : frame[i];
        }

        return Fold(sum);
    }

    private static uint PseudoSum(byte[] frame, int payload)
    {
        uint sum = 6 + 20 + (uint)payload;
        for (int i = Header + 12; i < Segment; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(i));
        }

        return sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)sum;
    }
}
