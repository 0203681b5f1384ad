using System.Buffers.Binary;
using System.Net;
using U2CMigration.Core.WaitingConnections;

namespace U2CMigration.Core.Tests.WaitingConnections;

public sealed class NudgeTests
{
    [Theory]
    [InlineData("10.0.0.7:80", "10.0.0.9:4711", 20, 12, 8)]
    [InlineData("[fd00::7]:80", "[fd00::9]:4711", 40, 8, 32)]
    public void Segment_OfAConnection_IsAnEmptyAcknowledgementWithRightSums(string local, string remote, int headerBytes, int addressOffset, int addressBytes)
    {
        byte[] packet = Nudge.Segment(IPEndPoint.Parse(local), IPEndPoint.Parse(remote));

        packet.Should().HaveCount(headerBytes + 20);
        Span<byte> segment = packet.AsSpan(headerBytes);
        BinaryPrimitives.ReadUInt16BigEndian(segment).Should().Be(80);
        BinaryPrimitives.ReadUInt16BigEndian(segment[2..]).Should().Be(4711);
        segment[13].Should().Be(0x10);

        // With the sum in its place, the sum of everything is all ones (RFC 1071).
        byte[] pseudo = [.. packet.AsSpan(addressOffset, addressBytes), 0, 6, 0, 20, .. segment];
        Sum(pseudo).Should().Be(0xFFFF);
        if (headerBytes == 20)
        {
            Sum(packet.AsSpan(0, 20)).Should().Be(0xFFFF);
        }
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }
}
