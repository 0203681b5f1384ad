using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Destination.SharedMemory;
using U2CMigration.Core.Destination.Verification;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Records;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Destination;

public sealed class RestoreChoiceTests
{
    [Theory]
    [InlineData(RestoreMode.Auto, true, false, false, RestoreMode.FirstTouch)]
    [InlineData(RestoreMode.Auto, false, false, false, RestoreMode.FlatImages)]
    [InlineData(RestoreMode.Auto, true, true, false, RestoreMode.FlatImages)]
    [InlineData(RestoreMode.Auto, true, true, true, RestoreMode.FirstTouch)]
    [InlineData(RestoreMode.Auto, false, true, true, RestoreMode.FlatImages)]
    [InlineData(RestoreMode.FirstTouch, true, false, false, RestoreMode.FirstTouch)]
    [InlineData(RestoreMode.FirstTouch, true, true, true, RestoreMode.FirstTouch)]
    [InlineData(RestoreMode.FirstTouch, true, true, false, null)]
    [InlineData(RestoreMode.FlatImages, true, true, true, RestoreMode.FlatImages)]
    public void Of_TakesFirstTouchWhereItIsOpen(RestoreMode wanted, bool lazyPages, bool ownUserNamespace, bool namespacesHaveFirstTouch, RestoreMode? taken) =>
        RestoreChoice.Of(wanted, lazyPages, ownUserNamespace, namespacesHaveFirstTouch).Should().Be(taken);

    /// <summary>A source of before traits does not say it; the images do.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Confirm_ImagesOfAUserNamespace_DecideBeforeTheRestore(bool ownUserNamespace)
    {
        string directory = Directory.CreateTempSubdirectory("u2c-choice-").FullName;
        var options = new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), WorkDirectory = directory };
        var offer = new Offer { MigrationId = Guid.NewGuid(), Name = "redis", Kernel = "Linux 6.18", CriuVersion = "4.2", TotalMemoryBytes = 4096, ProcessIds = [7] };
        var context = new DestinationContext(offer, options, LedgerFolder.Open(directory, new RestoredTrees(NullLogger.Instance)), NullLoggerFactory.Instance);
        Directory.CreateDirectory(context.ImagesDirectory);
        File.WriteAllBytes(Path.Combine(context.ImagesDirectory, ownUserNamespace ? "userns-13.img" : "utsns-13.img"), []);
        using var store = new PageStore(new PageStoreOptions());
        var plan = new RestorePlan(context, store, new RecentPages(store), null!, new RestoreMessages(null!), new IncomingObjects(store, IncomingObject.Create));
        plan.Read();

        RestoreMode confirmed = plan.Confirm(RestoreMode.FirstTouch);

        confirmed.Should().Be(ownUserNamespace && !RestoreChoice.UserNamespacesHaveFirstTouch() ? RestoreMode.FlatImages : RestoreMode.FirstTouch);
        Directory.Delete(directory, recursive: true);
    }
}
