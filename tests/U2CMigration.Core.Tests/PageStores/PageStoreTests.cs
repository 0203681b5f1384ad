using U2CMigration.Core.PageStores;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Testing;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;
using static U2CMigration.Core.Tests.PageStores.StorePages;

namespace U2CMigration.Core.Tests.PageStores;

public sealed class PageStoreTests : IDisposable
{
    private const ulong ChunkStart = 0x7f00_0000_0000;

    private readonly PageStore _store = new(Small);

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Find_PageNeverWritten_HasNoPages() => _store.Find(1, ChunkStart, 10).Pages.Should().Be(0);

    [Fact]
    public void Held_Pages_GivesTheContentNow()
    {
        _store.Put(1, ChunkStart, 5);
        _store.Put(1, ChunkStart + 0x1000, 0);

        _store.Held(1, ChunkStart).ToArray().Should().Equal(Page(5));
        _store.Held(1, ChunkStart + 0x1000).ToArray().Should().Equal(new byte[PageBytes]);
        _store.Held(1, ChunkStart + 0x2000).IsEmpty.Should().BeTrue();
        _store.Held(2, ChunkStart).IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void Held_PageAboutToBeReplaced_IsNotHeld()
    {
        _store.Put(1, ChunkStart, 5);
        _store.Prepare(1, ChunkStart);

        _store.Held(1, ChunkStart).IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void Keep_OnlyTheVersionHeld_IsConfirmed()
    {
        _store.Put(1, ChunkStart, 5);
        _store.Put(1, ChunkStart + 0x1000, 0);
        long held = _store.Statistics.HeldPages;

        _store.Keep(1, ChunkStart, PageChecksum.Of(Page(5))).Should().BeTrue();
        _store.Keep(1, ChunkStart, PageChecksum.Of(Page(6))).Should().BeFalse();
        _store.Keep(1, ChunkStart + 0x1000, PageChecksum.Zero).Should().BeTrue();
        _store.Keep(1, ChunkStart + 0x2000, PageChecksum.Zero).Should().BeFalse();
        _store.Statistics.HeldPages.Should().Be(held);
    }

    [Fact]
    public void Find_PageOfAnotherProcess_HasNoPages()
    {
        _store.Put(1, ChunkStart, 5);

        _store.Find(2, ChunkStart, 1).Pages.Should().Be(0);
    }

    [Fact]
    public void Find_NeighbouringPages_LieInOnePiece()
    {
        foreach (ulong page in (ulong[])[2, 0, 1, 4])
        {
            _store.Put(1, ChunkStart + (page << 12), (int)page + 1);
        }

        LazyPageRun run = _store.Find(1, ChunkStart, 100);

        run.Pages.Should().Be(3);
        Bytes(run).Should().Equal([.. Page(1), .. Page(2), .. Page(3)]);
    }

    [Fact]
    public void Find_WholeChunk_IsOneRunOfTwoMebibytes()
    {
        for (int i = 0; i < 512; i++)
        {
            _store.Put(1, ChunkStart + ((ulong)i << 12), i + 1);
        }

        _store.Find(1, ChunkStart, 5000).Pages.Should().Be(512);
    }

    [Fact]
    public void Find_MaxPages_IsKept()
    {
        _store.Put(1, ChunkStart, 1);
        _store.Put(1, ChunkStart + 0x1000, 1);

        _store.Find(1, ChunkStart, 1).Pages.Should().Be(1);
    }

    [Fact]
    public void Find_ZeroPages_LieInSharedMemoryAndTakeNone()
    {
        for (ulong i = 0; i < 512; i++)
        {
            _store.Put(1, ChunkStart + (i << 12), 0);
        }

        LazyPageRun run = _store.Find(1, ChunkStart + 0x1000, 600);

        run.Pages.Should().Be(511);
        Bytes(run).Should().OnlyContain(b => b == 0);
        _store.Statistics.Should().Be(new PageStoreStatistics(512, 512, 0, 512));
    }

    [Fact]
    public void Find_RunOfData_EndsAtAZeroPage()
    {
        _store.Put(1, ChunkStart, 1);
        _store.Put(1, ChunkStart + 0x1000, 0);

        _store.Find(1, ChunkStart, 2).Pages.Should().Be(1);
    }

    [Fact]
    public void Prepare_SecondVersion_ReplacesTheFirstAndCounts()
    {
        _store.Put(1, ChunkStart, 1);
        _store.Put(1, ChunkStart, 2);

        _store.Read(1, ChunkStart).Should().Equal(Page(2));
        _store.VersionOf(1, ChunkStart).Should().Be(2);
    }

    [Fact]
    public void Prepare_UntilComplete_ThePageIsNotHeld()
    {
        _store.Put(1, ChunkStart, 1);

        _store.Prepare(1, ChunkStart);

        _store.Contains(1, ChunkStart).Should().BeFalse();
    }

    [Fact]
    public void Prepare_AboveTheLimit_SaysThatTheDestinationIsOutOfMemory()
    {
        using var store = new PageStore(Small with { MaxBytes = 2 * PageBytes });
        store.Put(1, 0, 1);
        store.Put(1, ChunkStart, 1);
        store.Put(1, ChunkStart, 2);

        Action third = () => store.Prepare(2, 0);

        third.Should().Throw<PageStoreFullException>().Where(e => e.LimitBytes == 2 * PageBytes).WithMessage("The destination is out of memory*");
    }

    /// <summary>One page of zeros in each 2 MiB takes a few bytes on the wire and some kilobytes here.</summary>
    [Fact]
    public void StoreZero_ScatteredWithoutEnd_EndsAtTheLimit()
    {
        using var store = new PageStore(Small with { MaxBytes = 1 << 20 });
        int chunks = 0;
        Action scatter = () =>
        {
            for (; chunks < 512; chunks++)
            {
                store.StoreZero(1, (ulong)chunks << 21);
            }
        };

        scatter.Should().Throw<PageStoreFullException>();
        chunks.Should().BeInRange(100, 200, "6 to 7 KiB are known of each");
    }

    [Fact]
    public void Prepare_MoreChunksThanReserved_NamesTheOption()
    {
        using var store = new PageStore(Small with { ReservedBytes = 2 << 20 });
        store.Put(1, 0, 1);

        Action second = () => store.Prepare(1, ChunkStart);

        second.Should().Throw<PageStoreException>().WithMessage("*PageStoreOptions.ReservedBytes*");
    }

    [Fact]
    public void Drop_PartOfAChunk_LeavesTheRestAndGivesMemoryBack()
    {
        for (ulong i = 0; i < 10; i++)
        {
            _store.Put(1, ChunkStart + (i << 12), 7);
        }

        _store.Drop(1, ChunkStart + 0x2000, ChunkStart + 0x5000);

        _store.Statistics.StoredBytes.Should().Be(7 * PageBytes);
        (_store.Contains(1, ChunkStart + 0x1000), _store.Contains(1, ChunkStart + 0x2000), _store.Contains(1, ChunkStart + 0x4000), _store.Contains(1, ChunkStart + 0x5000))
            .Should().Be((true, false, false, true));
    }

    [Fact]
    public void Drop_WholeAddressSpace_ForgetsOneProcessOnly()
    {
        _store.Put(1, ChunkStart, 1);
        _store.Put(1, 0x1000, 1);
        _store.Put(2, 0x1000, 1);

        _store.Drop(1, 0, 1UL << 47);

        _store.Statistics.HeldPages.Should().Be(1);
    }

    [Fact]
    public void Drop_ThenZero_ReadsAsZero()
    {
        _store.Put(1, ChunkStart, 9);
        _store.Drop(1, ChunkStart, ChunkStart + 0x1000);
        _store.Put(1, ChunkStart, 0);

        _store.Read(1, ChunkStart).Should().OnlyContain(b => b == 0);
    }

    [Fact]
    public void Release_FewPages_KeepsTheMemoryForNow()
    {
        FillChunk();

        _store.Release(1, ChunkStart, 63);

        (_store.Statistics.StoredBytes, _store.Contains(1, ChunkStart)).Should().Be((512 * PageBytes, false));
    }

    [Fact]
    public void Release_SixtyFourPages_GivesTheirMemoryBack()
    {
        FillChunk();
        _store.Release(1, ChunkStart, 40);

        _store.Release(1, ChunkStart + (40 << 12), 24);

        _store.Statistics.StoredBytes.Should().Be(448 * PageBytes);
        _store.Read(1, ChunkStart + (64 << 12)).Should().Equal(Page(65));
    }

    [Fact]
    public unsafe void Release_SixtyFourPages_ReallyPunchesAHole()
    {
        FillChunk();
        var first = (int*)_store.Find(1, ChunkStart, 1).Source;
        int before = *first;

        _store.Release(1, ChunkStart, 64);

        // Still mapped, and a hole reads as zero.
        (before, *first).Should().Be((1, 0));
    }

    [Fact]
    public void Release_LastPagesOfAChunk_GivesEverythingBack()
    {
        for (ulong i = 0; i < 512; i += 2)
        {
            _store.Put(1, ChunkStart + (i << 12), 3);
        }

        _store.Release(1, ChunkStart, 512);

        _store.Statistics.Should().Be(new PageStoreStatistics(0, 0, 0, 256));
    }

    [Fact]
    public void Release_KeepUntilVerified_KeepsEverythingUntilStopKeeping()
    {
        using var store = new PageStore(Small with { KeepUntilVerified = true });
        store.Put(1, ChunkStart, 3);
        store.Put(1, ChunkStart + 0x1000, 4);
        store.Release(1, ChunkStart, 1);

        bool kept = store.Contains(1, ChunkStart);
        store.StopKeeping();

        (kept, store.Contains(1, ChunkStart), store.Contains(1, ChunkStart + 0x1000)).Should().Be((true, false, true));
    }

    [Fact]
    public void Release_ManyThreads_GivesEverythingBackOnce()
    {
        FillChunk();

        Parallel.For(0, 512, i => _store.Release(1, ChunkStart + ((ulong)i << 12), 1));

        _store.Statistics.Should().Be(new PageStoreStatistics(0, 0, 0, 512));
    }

    [Fact]
    public void MissingFrom_GapsAcrossChunks_AreListedJoined()
    {
        _store.Put(1, ChunkStart, 1);
        _store.Put(1, ChunkStart + (511UL << 12), 1);
        PageRun all = new(1, ChunkStart - 0x2000, 2 + 512 + 3);

        _store.MissingFrom([all]).Should().Equal(
            new PageRun(1, ChunkStart - 0x2000, 2), new PageRun(1, ChunkStart + 0x1000, 510), new PageRun(1, ChunkStart + (512UL << 12), 3));
    }

    [Fact]
    public void Verify_RightBytes_HasNoMismatch()
    {
        _store.Put(1, ChunkStart, 1);
        _store.Put(1, ChunkStart + 0x1000, 0);

        _store.Verify(1, ChunkStart, [PageChecksum.Of(Page(1)), PageChecksum.Zero]).Should().BeEquivalentTo(new VerifyResult(1, 2, 0, []));
    }

    [Fact]
    public unsafe void Verify_ByteChangedInMemory_IsFound()
    {
        _store.Put(1, ChunkStart, 1);
        _store.Put(1, ChunkStart + 0x1000, 2);
        ((byte*)_store.Find(1, ChunkStart + 0x1000, 1).Source)[100] ^= 1;

        _store.Verify(1, ChunkStart, [PageChecksum.Of(Page(1)), PageChecksum.Of(Page(2)), 0]).Should().BeEquivalentTo(
            new VerifyResult(1, 3, 2, [ChunkStart + 0x1000, ChunkStart + 0x2000]));
    }

    [Fact]
    public void CopyTo_DataAndZeroPages_CopiesThemInOrder()
    {
        _store.Put(1, ChunkStart, 1);
        _store.Put(1, ChunkStart + 0x1000, 0);
        _store.Put(1, ChunkStart + 0x2000, 2);
        byte[] pages = new byte[3 * PageBytes];
        pages.AsSpan().Fill(9);

        _store.CopyTo(1, ChunkStart, pages);

        pages.Should().Equal([.. Page(1), .. Page(0), .. Page(2)]);
    }

    [Fact]
    public void CopyTo_MissingPage_NamesIt()
    {
        _store.Put(1, ChunkStart - 0x1000, 1);
        Action copy = () => _store.CopyTo(1, ChunkStart - 0x1000, new byte[2 * PageBytes]);

        copy.Should().Throw<PageNotHeldException>().WithMessage("*0x7f0000000000 is not held*");
    }

    [Fact]
    public void Prepare_PagesOfKnownChunks_AllocateNothing()
    {
        FillChunk();
        byte[] page = Page(1);
        ulong checksum = PageChecksum.Of(page);
        long allocated = Allocation.LeastOf(5, () =>
        {
            for (int i = 0; i < 512; i++)
            {
                ulong address = ChunkStart + ((ulong)i << 12);
                page.CopyTo(_store.Prepare(1, address));
                _store.Complete(1, address, checksum);
                _store.Find(1, address, 16);
            }
        });

        // An object per page would be 24 bytes each.
        allocated.Should().BeLessThan(512 * 24);
    }

    private void FillChunk()
    {
        for (int i = 0; i < 512; i++)
        {
            _store.Put(1, ChunkStart + ((ulong)i << 12), i + 1);
        }
    }

    private static unsafe byte[] Bytes(LazyPageRun run) => new ReadOnlySpan<byte>((void*)run.Source, run.Pages * PageBytes).ToArray();
}
