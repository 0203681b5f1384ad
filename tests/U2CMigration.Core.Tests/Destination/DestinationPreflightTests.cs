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
}
