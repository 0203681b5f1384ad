using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Destination.SharedMemory;
using U2CMigration.Core.Destination.Verification;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Records;
using U2CMigration.Core.Tests.PageStores;
using U2CMigration.Criu.Images;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.Destination;

/// <summary>Pages that page maps name, and that are in no file: they come from the store.</summary>
public sealed class PlacedPagesTests : IDisposable
{
    private static readonly Offer Offer = new() { MigrationId = Guid.NewGuid(), Name = "redis", Kernel = "Linux 6.18", CriuVersion = "4.2", TotalMemoryBytes = 4096, ProcessIds = [7] };

    private readonly PageStore _store = new(new PageStoreOptions());
    private readonly DestinationContext _context;

    public PlacedPagesTests()
    {
        string directory = Directory.CreateTempSubdirectory("u2c-placed-").FullName;
        _context = new DestinationContext(Offer, new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), WorkDirectory = directory }, LedgerFolder.Open(directory, new RestoredTrees(NullLogger.Instance)), NullLoggerFactory.Instance);
        Directory.CreateDirectory(_context.ImagesDirectory);
        new Pagemap(1, [new PagemapEntry(0x10000, 1, PagePlaces.Lazy), new PagemapEntry(0x20000, 1, PagePlaces.None)]).Write(Path.Combine(_context.ImagesDirectory, "pagemap-7.img"));
        File.WriteAllBytes(Path.Combine(_context.ImagesDirectory, "pages-1.img"), []);
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_context.Options.WorkDirectory, recursive: true);
    }

    [Fact]
    public void Wanted_PagesWithoutAPlace_AreAmongThem()
    {
        var plan = new RestorePlan(_context, _store, new RecentPages(_store), null!, new RestoreMessages(null!), new IncomingObjects(_store, IncomingObject.Create));
        plan.Read();
        plan.Wanted().Should().Equal(new PageRun(7, 0x10000, 1), new PageRun(7, 0x20000, 1));
    }

    [Fact]
    public async Task PlaceAsync_PageThatChangesUntilAllHaveArrived_IsTheLastOne()
    {
        _store.Put(7, 0x20000, 1);
        var complete = new TaskCompletionSource();
        Task placing = FirstTouchRestore.PlaceAsync(complete.Task, _context.ImagesDirectory, _store, CancellationToken.None);
        await Task.Delay(50);
        _store.Put(7, 0x20000, 2);
        complete.SetResult();
        await placing;

        Pagemap pagemap = new ImageDirectory(_context.ImagesDirectory).ReadPagemap(7)!;
        pagemap.Entries.Select(static entry => entry.Places).Should().Equal(PagePlaces.Lazy, PagePlaces.Present);
        byte[] expected = new byte[4096];
        _store.Contains(7, 0x20000).Should().BeFalse("it was moved, not copied");
        _store.Put(7, 0x20000, 2);
        _store.CopyTo(7, 0x20000, expected);
        File.ReadAllBytes(Path.Combine(_context.ImagesDirectory, pagemap.PagesFileName)).Should().Equal(expected);
    }
}
