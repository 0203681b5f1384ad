using U2CMigration.Core.Destination.Verification;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Tests.PageStores;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.Destination.Verification;

public sealed class InstallLedgerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-ledger-").FullName;
    private readonly PageStore _store = new(new PageStoreOptions());
    private readonly InstallLedger _ledger;

    public InstallLedgerTests()
    {
        new Pagemap(
            1, [new PagemapEntry(0x10000, 4, PagePlaces.Lazy), new PagemapEntry(0x20000, 2, PagePlaces.Present), new PagemapEntry(0x30000, 300, PagePlaces.Lazy)])
            .Write(Path.Combine(_directory, "pagemap-7.img"));
        new Pagemap(2, [new PagemapEntry(0x10000, 1, PagePlaces.Lazy)]).Write(Path.Combine(_directory, "pagemap-8.img"));
        _ledger = new InstallLedger(_store, new ImageDirectory(_directory));
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData(7, 0x10000UL, InstallLedger.State.Pending)]
    [InlineData(7, 0x13000UL, InstallLedger.State.Pending)]
    [InlineData(7, 0x14000UL, InstallLedger.State.Unknown)]
    [InlineData(7, 0xf000UL, InstallLedger.State.Unknown)]
    [InlineData(7, 0x20000UL, InstallLedger.State.Unknown)]
    [InlineData(7, 0x15b000UL, InstallLedger.State.Pending)]
    [InlineData(7, 0x15c000UL, InstallLedger.State.Unknown)]
    [InlineData(8, 0x11000UL, InstallLedger.State.Unknown)]
    [InlineData(9, 0x10000UL, InstallLedger.State.Unknown)]
    public void Find_NothingInstalled_KnowsTheLazyPagesOfTheImages(int processId, ulong address, object state) =>
        _ledger.Find(processId, address, out _).Should().Be((InstallLedger.State)state);

    /// <summary>Not what the store holds for that address: what was given is what counts.</summary>
    [Fact]
    public void Installed_BytesOfSomethingElse_HaveTheirOwnChecksum()
    {
        _store.Put(7, 0x11000, 1);
        _store.Put(7, 0x12000, 2);
        LazyPageRun wrong = _store.Find(7, 0x12000, 1);
        _ledger.Installed(7, 0x11000, wrong);
        _ledger.Find(7, 0x11000, out ulong checksum).Should().Be(InstallLedger.State.Installed);
        checksum.Should().Be(PageChecksum.Of(_store.Held(7, 0x12000))).And.NotBe(PageChecksum.Of(_store.Held(7, 0x11000)));
        _ledger.Find(7, 0x12000, out _).Should().Be(InstallLedger.State.Pending);
    }

    [Fact]
    public void Unwanted_PageThatWasInstalled_StaysInstalled()
    {
        _store.Put(8, 0x10000, 1);
        _ledger.Installed(8, 0x10000, _store.Find(8, 0x10000, 1));
        _ledger.Unwanted(8, 0x10000, 1);
        _ledger.Unwanted(7, 0x12000, 2);
        _ledger.Find(8, 0x10000, out _).Should().Be(InstallLedger.State.Installed);
        _ledger.Find(7, 0x13000, out _).Should().Be(InstallLedger.State.Unwanted);
    }

    /// <summary>The serving gives pages back in either case; that says nothing about what became of them.</summary>
    [Fact]
    public void Release_PageThatWasNotInstalled_IsStillPending()
    {
        _store.Put(7, 0x10000, 1);
        _ledger.Release(7, 0x10000, 1);
        _ledger.Find(7, 0x10000, out _).Should().Be(InstallLedger.State.Pending);
    }
}
