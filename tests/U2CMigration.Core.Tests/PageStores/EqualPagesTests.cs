using U2CMigration.Core.PageStores;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.PageStores;

/// <summary>Which pages two processes hold alike.</summary>
public sealed class EqualPagesTests : IDisposable
{
    private readonly PageStore _store = new(new PageStoreOptions());

    public void Dispose() => _store.Dispose();

    [Fact]
    public void EqualPages_SomeDiffer_AreTheOthersAsRuns()
    {
        for (ulong page = 0; page < 8; page++)
        {
            _store.Put(1, page << 12, (int)page);
            _store.Put(2, page << 12, page is 3 ? 99 : (int)page);
        }

        _store.EqualPages(1, new PageRun(2, 0, 8)).Should().Equal(new PageRun(2, 0, 3), new PageRun(2, 4 << 12, 4));
    }

    [Fact]
    public void EqualPages_OneIsNotHeld_IsNotEqual()
    {
        _store.Put(1, 0x1000, 7);

        _store.EqualPages(1, new PageRun(2, 0x1000, 1)).Should().BeEmpty();
    }

    [Fact]
    public void EqualPages_ZeroPages_AreEqual()
    {
        _store.StoreZero(1, 0x1000);
        _store.StoreZero(2, 0x1000);

        _store.EqualPages(1, new PageRun(2, 0x1000, 1)).Should().Equal(new PageRun(2, 0x1000, 1));
    }

    /// <summary>Over the bounds of what the store keeps in one piece.</summary>
    [Fact]
    public void EqualPages_RunOverTwoMebibytes_IsOneRun()
    {
        const ulong First = (2 << 20) - 0x1000;
        foreach (int process in (int[])[1, 2])
        {
            _store.Put(process, First, 5);
            _store.Put(process, First + 0x1000, 6);
        }

        _store.EqualPages(1, new PageRun(2, First, 2)).Should().Equal(new PageRun(2, First, 2));
    }
}
