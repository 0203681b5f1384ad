using System.Net;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Logging;

namespace U2CMigration.Core.ConnectionLocks;

/// <summary>
/// Around the end of processes whose connections live on elsewhere: no peer hears of it, and nothing is left of the connections. A socket that is closed says so for minutes, and holds its addresses and
/// ports, so that a later restore of the same connection would fail.
/// </summary>
internal sealed class QuietEnd : IDisposable
{
    private readonly IReadOnlyList<(IPEndPoint Local, IPEndPoint Remote)> _connections;
    private readonly ConnectionLock? _lock;
    private readonly ILogger _logger;

    private QuietEnd(IReadOnlyList<(IPEndPoint Local, IPEndPoint Remote)> connections, ConnectionLock? locked, ILogger logger) => (_connections, _lock, _logger) = (connections, locked, logger);

    /// <summary>Locks the connections; to be called before the processes are ended.</summary>
    /// <param name="processIds">The processes.</param>
    /// <param name="logger">Told what cannot be done.</param>
    public static QuietEnd Prepare(IReadOnlyCollection<int> processIds, ILogger logger)
    {
        IReadOnlyList<TreeConnections> connections = [];
        try
        {
            connections = TreeConnections.Read(processIds);
        }
        catch (IOException e)
        {
            logger.UndoFailed(e, "the connections of the restored processes");
        }

        // A namespace of their own ends with them, and its sockets with it.
        string? own = new FileInfo("/proc/self/ns/net").LinkTarget;
        (IPEndPoint, IPEndPoint)[] here = [.. connections.Where(one => new FileInfo(one.Namespace).LinkTarget == own).SelectMany(static one => one.Connections)];
        return new QuietEnd(here, connections.Count > 0 ? ConnectionLock.TryInstall(processIds, Guid.NewGuid(), logger) : null, logger);
    }

    /// <summary>Removes what is left of them, and lets packets pass again; to be called when the processes have ended.</summary>
    public void Dispose()
    {
        try
        {
            foreach ((IPEndPoint local, IPEndPoint remote) in _connections)
            {
                // One that is gone by itself need not be ended.
                SocketDiagnostics.Destroy(local, remote);
            }
        }
        catch (IOException e)
        {
            _logger.UndoFailed(e, "the connections of the restored processes");
        }

        _lock?.Dispose();
    }
}
