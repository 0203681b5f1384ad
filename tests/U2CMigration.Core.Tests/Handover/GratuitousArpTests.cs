using U2CMigration.Core.Handover;

namespace U2CMigration.Core.Tests.Handover;

public sealed class GratuitousArpTests
{
    [Fact]
    public void Write_Request_IsAnAnnouncementOfRfc5227()
    {
        byte[] frame = new byte[42];

        GratuitousArp.Write(frame, [2, 0, 0, 0, 0, 7], [10, 77, 0, 100], 1);

        Convert.ToHexString(frame).Should().Be("FFFFFFFFFFFF0200000000070806" + "0001080006040001" + "0200000000070A4D0064" + "0000000000000A4D0064");
    }

    [Fact]
    public void Write_Reply_NamesTheSenderAsTarget()
    {
        byte[] frame = new byte[42];

        GratuitousArp.Write(frame, [2, 0, 0, 0, 0, 7], [10, 77, 0, 100], 2);

        Convert.ToHexString(frame.AsSpan(20)).Should().Be("0002" + "0200000000070A4D0064" + "0200000000070A4D0064");
    }
}
