using Microsoft.Extensions.Logging;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Owners;
using U2CMigration.Core.Receiving;
using U2CMigration.Criu.Rpc;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>What every step on the destination needs to know.</summary>
internal sealed class DestinationContext(Offer offer, MigrationReceiverOptions options, MigrationLedger ledger, ILoggerFactory loggers)
{
    public Offer Offer => offer;

    /// <summary>What the restore will ask of this host; null where the source does not say.</summary>
    public Needs? Needs { get; init; }

    /// <summary>What the migration was promised of this host; null where nothing was, as in a check.</summary>
    public Admitted? Admitted { get; init; }

    /// <summary>The tree as its owner on the source describes it; null where it has none.</summary>
    public TreeDescription? Tree { get; } = TreeDescription.Parse(offer.Requirements);

    /// <summary>Whether files travel in step with the memory.</summary>
    public bool BringsFiles { get; } = offer.Requirements.Contains(Offer.FilesInStep);

    /// <summary>What the owner here wants of CRIU; null for nothing in particular, and before it was asked.</summary>
    public RuntimeRequest? Restore { get; set; }

    public Guid MigrationId => offer.MigrationId;

    public MigrationReceiverOptions Options => options;

    public MigrationLedger Ledger => ledger;

    public ILoggerFactory Loggers => loggers;

    public ILogger Logger { get; } = loggers.CreateLogger("U2CMigration.Receiver");

    /// <summary>The directory of this migration's images. Apart from a source's, as both may share a work directory in tests.</summary>
    public string ImagesDirectory { get; } = Path.Combine(options.WorkDirectory, offer.MigrationId.ToString("N") + "-in");
}
