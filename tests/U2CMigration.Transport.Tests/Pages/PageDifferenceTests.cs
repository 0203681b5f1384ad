using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Pages;

public sealed class PageDifferenceTests
{
    [Fact]
    public void Apply_DifferenceOfTwoPages_GivesTheSecond()
    {
        byte[] difference = new byte[PageBatch.PageBytes];
        PageDifference.Between(Contents.Random(1), Contents.Random(2), difference);

        PageDifference.Apply(Contents.Random(1), difference);

        difference.Should().Equal(Contents.Random(2));
    }

    [Fact]
    public void Between_EqualBytes_AreZero()
    {
        byte[] difference = new byte[PageBatch.PageBytes];
        PageDifference.Between(Contents.Random(1), Contents.Changed(Contents.Random(1), 50, 10), difference);

        difference.Count(b => b != 0).Should().BeInRange(1, 10);
    }
}
