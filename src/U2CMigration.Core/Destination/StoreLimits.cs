using U2CMigration.Core.PageStores;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>How much memory the pages of a workload may take until they are in its processes.</summary>
internal static class StoreLimits
{
    public static PageStoreOptions Of(DestinationContext context) => new()
    {
        MaxBytes = BytesOf(context),
        KeepUntilVerified = (context.Offer.Options & OfferOptions.Verify) != 0,
    };

    /// <summary>What is free for it less what CRIU and this process need; each page may exist twice while all are kept.</summary>
    private static long BytesOf(DestinationContext context) => context.Options.MaxMemoryBytes > 0 || context.Admitted is not { FreeBytes: < long.MaxValue and var free }
        ? context.Options.MaxMemoryBytes
        : Math.Max(1, (context.Offer.Options & OfferOptions.Verify) != 0 ? free / 2 : free / 10 * 9);
}
