using Microsoft.Extensions.Logging;
using U2CMigration.Criu.Options;

namespace U2CMigration.Criu.Rpc;

/// <summary>The network lock of one dump, where CRIU cannot remove it itself any more.</summary>
/// <param name="networkNamespace">The network namespace of the dumped tree; null for that of this process.</param>
/// <param name="logger">Where it is said that a lock was left.</param>
internal sealed class DumpNetworkLock(string? networkNamespace, ILogger logger)
{
    private readonly IReadOnlySet<string> _before = NetworkLockTables.List(networkNamespace);

    /// <summary>Removes the lock of a worker that was killed while its dump was held: the images name it.</summary>
    /// <param name="dumped">What was dumped.</param>
    internal Task RemoveAsync(CriuDumpOptions dumped) => RemoveAsync(dumped, () => NetworkLockTables.Remove(dumped.ImagesDirectory, networkNamespace));

    /// <summary>Removes the lock of a worker that was killed, or died by itself, before it had written the image that names the lock.</summary>
    /// <param name="dumped">What was to be dumped.</param>
    internal Task RemoveUnnamedAsync(CriuDumpOptions dumped) => RemoveAsync(dumped, () => NetworkLockTables.RemoveNew(_before, ProcessConnections.Of(dumped.ProcessId), networkNamespace));

    private Task RemoveAsync(CriuDumpOptions dumped, Action remove) => dumped is { TcpEstablished: true, NetworkLock: CriuNetworkLock.Nftables }
        ? Task.Run(() => Try(remove))
        : Task.CompletedTask;

    private void Try(Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception exception) when (exception is CriuException or IOException)
        {
            logger.NetworkLockLeft(exception);
        }
    }
}
