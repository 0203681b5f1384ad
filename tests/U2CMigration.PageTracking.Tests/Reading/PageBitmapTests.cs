using CsCheck;
using U2CMigration.PageTracking.Reading;

namespace U2CMigration.PageTracking.Tests.Reading;

public sealed class PageBitmapTests
{
    [Fact]
    public void Set_AnyPages_AreExactlyThoseReadBack() => Gen.Int[0, 999].HashSet[0, 200].Sample(static pages =>
    {
        PageBitmap bitmap = new(new ulong[PageBitmap.WordsFor(1000)]);
        foreach (int page in pages)
        {
            bitmap.Set(page);
        }

        List<int> read = [];
        for (int page = 0; page < 1000; page++)
        {
            if (bitmap[page])
            {
                read.Add(page);
            }
        }

        read.Should().Equal(pages.Order());
        bitmap.Count.Should().Be(pages.Count);
    });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(64, 1)]
    [InlineData(65, 2)]
    public void WordsFor_Pages_RoundsUp(int pages, int words) => PageBitmap.WordsFor(pages).Should().Be(words);

    [Fact]
    public void Clear_Bitmap_HasNoPages()
    {
        PageBitmap bitmap = new(new ulong[2]);
        bitmap.Set(100);

        bitmap.Clear();

        bitmap.Count.Should().Be(0);
    }
}
