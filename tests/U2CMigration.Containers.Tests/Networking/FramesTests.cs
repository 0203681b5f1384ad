using System.Buffers.Binary;
using System.Net;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Source;
using U2CMigration.Core.Interop;

namespace U2CMigration.Containers.Tests.Networking;

public sealed class FramesTests
{
    private static readonly byte[] Container = [2, 0, 0, 0, 0, 0x3c];
    private static readonly byte[] Other = [2, 0, 0, 0, 0, 0x3d];
    private static readonly byte[] Half = [2, 0, 0, 0, 1, 0x3c];
    private static readonly byte[] Everybody = [255, 255, 255, 255, 255, 255];

    public static TheoryData<byte[], byte[], bool> Frames => new()
    {
        { Container, Other, true },
        { Everybody, Container, true },
        { Everybody, Other, false },
        { Other, Half, false },
        { Half, Other, false },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void Filter_Frame_IsTakenWhereItIsForTheContainerOrFromIt(byte[] to, byte[] from, bool isTaken)
    {
        byte[] frame = [.. to, .. from, 8, 0, .. new byte[40]];

        Run(FrameHold.Filter(Container), frame).Should().Be(isTaken);
    }

    [Fact]
    public void Write_Advertisement_HasARightChecksum()
    {
        byte[] frame = new byte[86];

        NeighbourNews.Write(frame, Container, IPAddress.Parse("fd00::60").GetAddressBytes());

        frame[..6].Should().Equal(0x33, 0x33, 0, 0, 0, 1);
        frame[54].Should().Be(136);
        SumOf(frame).Should().Be(ushort.MaxValue);
    }

    [Fact]
    public void Write_Solicitation_GoesToThoseWhoseAddressEndsSo()
    {
        byte[] frame = new byte[86];

        NeighbourNews.WriteSolicitation(frame, Container, IPAddress.Parse("fd00::60").GetAddressBytes(), IPAddress.Parse("fd00::12:3456").GetAddressBytes());

        frame[..6].Should().Equal(0x33, 0x33, 0xff, 0x12, 0x34, 0x56);
        frame[54].Should().Be(135);
        SumOf(frame).Should().Be(ushort.MaxValue);
    }

    [Fact]
    public void New_PortAddress_IsHigherThanOthers() => PortAddress.New().Should().MatchRegex("^fe:ff(:[0-9a-f]{2}){4}$");

    /// <summary>With the checksum in it the sum of all is that of nothing (RFC 1071).</summary>
    private static ushort SumOf(byte[] frame)
    {
        uint sum = 32 + 58;
        for (int i = 14 + 8; i < frame.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(i));
        }

        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)((sum & 0xffff) + (sum >> 16));
    }

    /// <summary>The machine of classic BPF, as far as it is needed.</summary>
    private static bool Run(PacketTap.Instruction[] program, byte[] frame)
    {
        uint value = 0;
        for (int at = 0; ; at++)
        {
            PacketTap.Instruction step = program[at];
            switch (step.Code)
            {
                case 0x28:
                    value = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan((int)step.Operand));
                    break;
                case 0x20:
                    value = BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan((int)step.Operand));
                    break;
                case 0x15:
                    at += value == step.Operand ? step.JumpIfTrue : step.JumpIfFalse;
                    break;
                default:
                    return step.Operand != 0;
            }
        }
    }
}
