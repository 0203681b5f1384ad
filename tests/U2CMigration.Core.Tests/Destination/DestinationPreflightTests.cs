using U2CMigration.Core.Destination;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Destination;

public sealed class DestinationPreflightTests
{
    [Theory]
    [InlineData(new string[0], null)]
    [InlineData(new[] { Offer.PagesToPlace }, null)]
    [InlineData(new[] { Offer.PagesToPlace, "teleport" }, "teleport")]
    public void UnknownRequirement_IsTheFirstThatIsNotKnown(string[] requirements, string? unknown) =>
        DestinationPreflight.UnknownRequirement(new Offer
        {
            MigrationId = Guid.NewGuid(), Name = "redis", Kernel = "Linux 6.18", CriuVersion = "4.2", TotalMemoryBytes = 4096, ProcessIds = [7], Requirements = requirements,
        }).Should().Be(unknown);

    [Theory]
    [InlineData("4.2.1", false)]
    [InlineData("4.1", false)]
    [InlineData("3.17.1", false)]
    [InlineData("4.3", true)]
    [InlineData("5.0-rc1", true)]
    [InlineData("unknown", false)]
    public void NewerOnSource_LaterThanHere_IsNamed(string source, bool isNamed) =>
        (DestinationPreflight.NewerOnSource(source, new U2CMigration.Criu.Versions.CriuVersion(4, 2)) is { } sentence && sentence.Contains(source, StringComparison.Ordinal)).Should().Be(isNamed);

    [Fact]
    public async Task CheckAsync_OfferWithoutProcesses_IsRefusedWithASentence()
    {
        var offer = new Offer { MigrationId = Guid.NewGuid(), Name = "none", Kernel = "Linux 6.18", CriuVersion = "4.2", TotalMemoryBytes = 4096, ProcessIds = [] };
        var options = new U2CMigration.Core.Receiving.MigrationReceiverOptions { Listen = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0) };
        DirectoryInfo directory = Directory.CreateTempSubdirectory("u2c-preflight-");
        var ledger = U2CMigration.Core.Records.LedgerFolder.Open(directory.FullName, new RestoredTrees(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
        var context = new DestinationContext(offer, options, ledger, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

        (_, Refuse? refusal) = await DestinationPreflight.CheckAsync(context, "10.0.0.1:1", null, TestContext.Current.CancellationToken);

        refusal!.Sentence.Should().Contain("no process");
        directory.Delete(recursive: true);
    }
}
