using System.Runtime.CompilerServices;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.Tests.LazyPages;

public sealed class UserfaultMessageTests
{
    // A touch at 0x7f0000001234 and a move of 0x2000 bytes, as the kernel lays them out.
    private static readonly byte[] Touch = Convert.FromHexString("1200000000000000" + "0000000000000000" + "34120000007f0000" + "0000000000000000");
    private static readonly byte[] Remap = Convert.FromHexString("1400000000000000" + "0010000000600000" + "0050000000600000" + "0020000000000000");

    [Fact]
    public void Parse_OfATouch_FindsTheAddress() =>
        UserfaultMessage.Parse(Touch.ToArray())[0].TouchedAddress.Should().Be(0x7f0000001234);

    [Fact]
    public void Parse_OfAMove_FindsFromToAndLength()
    {
        UserfaultMessage message = UserfaultMessage.Parse(Remap.ToArray())[0];

        (message.Event, message.First, message.Second, message.Third).Should().Be((UserfaultEvent.Remap, 0x600000001000UL, 0x600000005000UL, 0x2000UL));
    }

    [Fact]
    public void Parse_OfAPartialMessage_LeavesItOut()
    {
        byte[] buffer = [.. Touch, .. Remap[..16]];

        UserfaultMessage.Parse(buffer).Length.Should().Be(1);
    }

    [Fact]
    public void Size_OfTheKernelStructures_IsThatOfTheHeader() =>
        (Unsafe.SizeOf<UserfaultMessage>(), Unsafe.SizeOf<Userfaultfd.CopyArguments>(), Unsafe.SizeOf<Userfaultfd.ZeroPageArguments>(), Unsafe.SizeOf<Userfaultfd.RangeArguments>())
            .Should().Be((32, 40, 32, 16));

    [Theory]
    [InlineData(Userfaultfd.CopyRequest, 3u, 40u, 3u)]
    [InlineData(Userfaultfd.ZeroPageRequest, 3u, 32u, 4u)]
    [InlineData(Userfaultfd.WakeRequest, 2u, 16u, 2u)]
    public void Request_Number_IsMadeOfDirectionSizeAndNumber(uint request, uint direction, uint size, uint number) =>
        request.Should().Be((direction << 30) | (size << 16) | (0xAA << 8) | number);
}
