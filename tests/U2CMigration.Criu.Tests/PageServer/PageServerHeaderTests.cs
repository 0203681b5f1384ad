using U2CMigration.Criu.Images;
using U2CMigration.Criu.PageServer;

namespace U2CMigration.Criu.Tests.PageServer;

public sealed class PageServerHeaderTests
{
    private static readonly ulong Task1234 = new PageServerTarget(PageServerTargetKind.Task, 1234).Encoded;

    public static TheoryData<string, PageServerLayout, PageServerHeader> Vectors() => new()
    {
        {
            "04000000 00000000 0000000000000000 01d2040000000000", PageServerLayout.Compact,
            new PageServerHeader(PageServerCommand.Open2, PagePlaces.None, 0, 0, Task1234)
        },
        {
            "04000000 00000000 0000000000000000 0000000000000000 01d2040000000000", PageServerLayout.Wide,
            new PageServerHeader(PageServerCommand.Open2, PagePlaces.None, 0, 0, Task1234)
        },
        {
            "06000600 03000000 00000000007f0000 01d2040000000000", PageServerLayout.Compact,
            new PageServerHeader(PageServerCommand.AddFlagged, PagePlaces.Lazy | PagePlaces.Present, 3, 0x7f0000000000, Task1234)
        },
        {
            "06000600 00000000 0300000000000000 00000000007f0000 01d2040000000000", PageServerLayout.Wide,
            new PageServerHeader(PageServerCommand.AddFlagged, PagePlaces.Lazy | PagePlaces.Present, 3, 0x7f0000000000, Task1234)
        },
        {
            "06000100 00000000 0200000000000000 00300000007f0000 01d2040000000000", PageServerLayout.Wide,
            new PageServerHeader(PageServerCommand.AddFlagged, PagePlaces.Parent, 2, 0x7f0000003000, Task1234)
        },
        {
            "07000000 00000000 0100000000000000 00000000007f0000 d204000000000000", PageServerLayout.Wide,
            new PageServerHeader(PageServerCommand.Get, PagePlaces.None, 1, 0x7f0000000000, 1234)
        },
        {
            "23100000 00000000 0000000000000000 0000000000000000 0000000000000000", PageServerLayout.Wide,
            new PageServerHeader(PageServerCommand.Close, PagePlaces.None, 0, 0, 0)
        },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Read_RecordedBytes_GivesFields(string bytes, PageServerLayout layout, PageServerHeader expected) =>
        PageServerHeader.Read(Bytes.Hex(bytes), layout).Should().Be(expected);

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Write_Fields_GivesRecordedBytes(string expected, PageServerLayout layout, PageServerHeader header)
    {
        byte[] written = new byte[PageServerHeader.MaxBytes];
        int size = header.Write(written, layout);
        written[..size].Should().Equal(Bytes.Hex(expected));
    }

    [Fact]
    public void Read_PaddingOfWideLayout_IsIgnored() =>
        PageServerHeader.Read(Bytes.Hex("04000000 ffffffff 0000000000000000 0000000000000000 01d2040000000000"), PageServerLayout.Wide).Pages.Should().Be(0);

    [Theory]
    [InlineData(PageServerCommand.Open2, 0, 0)]
    [InlineData(PageServerCommand.Parent, 0, 0)]
    [InlineData(PageServerCommand.Get, 1, 0x7f0000000000)]
    [InlineData(PageServerCommand.Get, 1024, 0x1000)]
    public void Sniff_FirstMessageOfAClient_FindsTheLayout(PageServerCommand command, ulong pages, ulong address)
    {
        var header = new PageServerHeader(command, PagePlaces.None, pages, address, Task1234);
        foreach (PageServerLayout layout in Enum.GetValues<PageServerLayout>())
        {
            byte[] written = new byte[PageServerHeader.MaxBytes];
            header.Write(written, layout);
            PageServerHeader.Sniff(written.AsSpan(0, 24)).Should().Be(layout);
        }
    }
}
