using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SharedObjects;

namespace U2CMigration.PageTracking.Tests.SharedObjects;

public sealed class DeliveredContentTests
{
    private static readonly PageRange Page = new(8 * PageSize.Bytes, 9 * PageSize.Bytes);

    private readonly DeliveredContent _content = new();

    [Fact]
    public void AddDiffering_NothingCopiedYet_ZerosAreEqual()
    {
        Differing(Filled(0)).Should().BeEmpty();
        Differing(Filled(1)).Should().Equal(Page);
    }

    [Fact]
    public void AddDiffering_Copied_OnlyOtherContentDiffers()
    {
        Copy(Filled(1));
        Differing(Filled(1)).Should().BeEmpty();
        Differing(Filled(2)).Should().Equal(Page);
        Differing(Filled(0)).Should().Equal(Page);
    }

    /// <summary>What is on its way may be older or newer than what is compared.</summary>
    [Fact]
    public void AddDiffering_BeingRead_Differs()
    {
        Copy(Filled(1));
        _content.Begin(Page);
        Differing(Filled(1)).Should().Equal(Page);
    }

    [Fact]
    public void AddNotZero_CopiedAndPunchedSince_IsFound()
    {
        Copy(Filled(1));
        var found = new List<PageRange>();
        _content.AddNotZero(0, 1L << 40, found);
        found.Should().Equal(Page);
        _content.NotZero((long)Page.Start).Should().BeEmpty();
        _content.NotZero((long)Page.Start + 1).Should().Equal(Page);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Cut_PageBehindTheEnd_IsZeros(int pages, bool isCut)
    {
        Copy(Filled(1));
        _content.Cut(pages * PageSize.Bytes);
        Differing(Filled(0)).Should().HaveCount(isCut ? 0 : 1);
    }

    private static byte[] Filled(byte value)
    {
        byte[] page = new byte[PageSize.Bytes];
        Array.Fill(page, value);
        return page;
    }

    private void Copy(byte[] content)
    {
        _content.Begin(Page);
        _content.Complete(Page, content);
    }

    private List<PageRange> Differing(byte[] content)
    {
        var found = new List<PageRange>();
        _content.AddDiffering((long)Page.Start, [DeliveredContent.Hash(content)], found);
        return found;
    }

    /// <summary>Only a read that began and ended between two scans shows what a page holds if the second does not find it.</summary>
    [Fact]
    public void TakeRead_ReadsBeforeInAndBetweenScans_OnlyThoseBetweenAreTold()
    {
        DeliveredContent delivered = new();
        byte[] page = new byte[PageSize.Bytes];
        int before = delivered.Begin(new PageRange(0, 4096));
        delivered.TakeRead();
        int within = delivered.Begin(new PageRange(4096, 8192));
        delivered.Complete(new PageRange(4096, 8192), page, within);
        delivered.EndScan();
        delivered.Complete(new PageRange(0, 4096), page, before);
        int between = delivered.Begin(new PageRange(8192, 12288));
        int late = delivered.Begin(new PageRange(12288, 16384));
        delivered.Complete(new PageRange(8192, 12288), page, between);
        delivered.TakeRead().Runs(1 << 20).Should().Equal(new PageRange(8192, 12288));
        delivered.Complete(new PageRange(12288, 16384), page, late);
        delivered.EndScan();
        delivered.TakeRead().Runs(1 << 20).Should().BeEmpty();
    }
}
