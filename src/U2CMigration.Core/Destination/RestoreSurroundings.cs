using U2CMigration.Core.InnerConnections;
using U2CMigration.Criu.Images;

namespace U2CMigration.Core.Destination;

/// <summary>What a restore needs around it on the host, and what it leaves there: the lock of inner connections, files that it makes.</summary>
internal sealed class RestoreSurroundings
{
    private readonly InnerConnectionLock? _connections;
    private readonly RestoreLeftovers _leftovers;

    private RestoreSurroundings(InnerConnectionLock? connections, RestoreLeftovers leftovers) => (_connections, _leftovers) = (connections, leftovers);

    /// <summary>Completes when the packets of inner connections pass again.</summary>
    public Task ConnectionsFree { get; private set; } = Task.CompletedTask;

    /// <summary>For a restore that leaves nothing on a host.</summary>
    public static RestoreSurroundings None { get; } = new(null, RestoreLeftovers.None);

    /// <summary>Called before the restore.</summary>
    /// <param name="context">The migration.</param>
    /// <param name="networkNamespace">The network namespace into which it goes; null for that of this host.</param>
    public static RestoreSurroundings Prepare(DestinationContext context, string? networkNamespace)
    {
        var images = new ImageDirectory(context.ImagesDirectory);
        return new RestoreSurroundings(InnerConnectionLock.Install(images, context.Options.Criu, networkNamespace, context.MigrationId, context.Logger), RestoreLeftovers.Foresee(images));
    }

    /// <summary>Called when all sockets are restored: their packets may come.</summary>
    public void FreeConnections() => ConnectionsFree = _connections is null ? Task.CompletedTask : Task.Run(_connections.Dispose, CancellationToken.None);

    /// <summary>Called when the workload runs, or its processes are gone: a packet that arrived earlier would reach a peer that is not restored.</summary>
    public async Task EndAsync(bool runs)
    {
        await ConnectionsFree.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _connections?.Dispose();
        if (!runs)
        {
            _leftovers.Remove();
        }
    }
}
