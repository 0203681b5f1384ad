using CsCheck;
using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.Tests.Images;

public sealed class PagemapTests
{
    private const string Vector = "19435654 25400856 02000000 0801 0e000000 08 8080808080 e01f 1003 2004 2803";

    private static readonly Gen<Pagemap> Pagemaps =
        from pagesId in Gen.UInt
        from runs in Gen.Select(Gen.Int[0, 1000], Gen.Int[1, 5000], Gen.Int[0, 7]).Array[0, 50]
        select Build(pagesId, runs);

    [Fact]
    public void Parse_RecordedBytes_GivesEntries()
    {
        Pagemap pagemap = Pagemap.Parse("vector", Bytes.Hex(Vector));
        pagemap.PagesId.Should().Be(1);
        pagemap.Entries.Should().Equal(new PagemapEntry(0x7f0000000000, 3, PagePlaces.Present));
    }

    [Fact]
    public void ToBytes_Entries_GivesRecordedBytes() =>
        new Pagemap(1, [new PagemapEntry(0x7f0000000000, 3, PagePlaces.Present)]).ToBytes().Should().Equal(Bytes.Hex(Vector));

    [Theory]
    [InlineData("08808008 1003", 3, PagePlaces.Present, "a CRIU before flags: only the old count")]
    [InlineData("08808008 1003 1801", 3, PagePlaces.Parent, "in_parent wins over missing flags")]
    [InlineData("08808008 1003 1801 2004", 3, PagePlaces.Parent, "in_parent wins over flags")]
    [InlineData("08808008 1000 2002 2805", 5, PagePlaces.Lazy, "CRIU 4.2 leaves the old count 0")]
    public void Parse_EntryOfEachGeneration_FollowsTheRulesOfCriu(string entry, long pages, PagePlaces places, string because) =>
        Pagemap.Parse("x", WithEntry(entry)).Entries.Single().Should().Be(new PagemapEntry(0x20000, pages, places), because);

    [Theory]
    [InlineData("08818008 1003", "not at a page")]
    [InlineData("1003 2004", "not at a page")]
    [InlineData("08808008 1000", "not possible")]
    [InlineData("08808008 1003 28ffffffffffffffffff01", "not possible")]
    [InlineData("08 80e0ffffffffffffff01 1002", "not possible")]
    [InlineData("08808008 1003 2008", "are not known")]
    [InlineData("08808008 1003 3001", "field 6 is not known")]
    [InlineData("08808008 1003 2a00", "no number")]
    [InlineData("088080", "cut off")]
    public void Parse_DamagedEntry_SaysWhatAndWhere(string entry, string expected)
    {
        Action act = () => Pagemap.Parse("x", WithEntry(entry));
        act.Should().Throw<CriuException>().WithMessage($"*offset 18*{expected}*");
    }

    [Fact]
    public void Parse_OverlappingEntries_IsRefused()
    {
        Action act = () => Pagemap.Parse("x", [.. WithEntry("08808008 1003"), .. Bytes.Hex("06000000 0880a008 1003")]);
        act.Should().Throw<CriuException>().WithMessage("*before the end*");
    }

    [Theory]
    [InlineData("194356")]
    [InlineData("19435654 30302750")]
    [InlineData("19435654 25400856")]
    [InlineData("19435654 25400856 02000000 08")]
    [InlineData("19435654 25400856 ffffffff 0801")]
    [InlineData("19435654 25400856 02000000 0801 0e0000")]
    public void Parse_CutFile_IsRefused(string bytes)
    {
        Action act = () => Pagemap.Parse("x", Bytes.Hex(bytes));
        act.Should().Throw<CriuException>();
    }

    [Fact]
    public void Parse_WhatWasWritten_GivesTheSame() => Pagemaps.Sample(pagemap =>
    {
        Pagemap read = Pagemap.Parse("x", pagemap.ToBytes());
        return read.PagesId == pagemap.PagesId && read.Entries.SequenceEqual(pagemap.Entries);
    });

    [Fact]
    public void Parse_ChangedBytes_NeverFailsOtherwiseThanBySayingSo() =>
        Gen.Select(Pagemaps, Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Int[0, int.MaxValue]).Sample((pagemap, position, value, length) =>
        {
            byte[] bytes = pagemap.ToBytes();
            bytes[position % bytes.Length] = value;
            try
            {
                Pagemap.Parse("x", bytes.AsSpan(0, length % (bytes.Length + 1)));
            }
            catch (CriuException)
            {
                // Saying so is the expected outcome.
            }
        });

    private static byte[] WithEntry(string entry)
    {
        byte[] bytes = Bytes.Hex(entry);
        return [.. Bytes.Hex("19435654 25400856 02000000 0801"), .. BitConverter.GetBytes(bytes.Length), .. bytes];
    }

    private static Pagemap Build(uint pagesId, (int Gap, int Pages, int Places)[] runs)
    {
        ulong address = 0x10000;
        var entries = new List<PagemapEntry>();
        foreach ((int gap, int pages, int places) in runs)
        {
            address += (ulong)gap * 4096;
            entries.Add(new PagemapEntry(address, pages, (PagePlaces)places));
            address += (ulong)pages * 4096;
        }

        return new Pagemap(pagesId, [.. entries]);
    }
}
