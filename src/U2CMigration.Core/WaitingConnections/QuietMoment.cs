using System.Diagnostics;
using U2CMigration.Core.InnerConnections;

namespace U2CMigration.Core.WaitingConnections;

/// <summary>
/// Waits shortly before a freeze for a moment in which no connection waits to be accepted, as those that do are given up. A server that is not overloaded accepts within a fraction of a
/// millisecond; one that always has somebody waiting is not waited for long.
/// </summary>
internal static class QuietMoment
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(0.3);

    /// <summary>Waits.</summary>
    /// <param name="processId">A process of the tree.</param>
    /// <param name="sockets">The sockets of the tree.</param>
    /// <returns>Whether the moment came.</returns>
    public static bool Wait(int processId, TreeSockets sockets)
    {
        var clock = Stopwatch.StartNew();
        bool isQuiet;
        while (!(isQuiet = Backlog.Count(processId, sockets) is null or 0) && clock.Elapsed < Limit)
        {
            Thread.Sleep(Pause);
        }

        return isQuiet;
    }
}
