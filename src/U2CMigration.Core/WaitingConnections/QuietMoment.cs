using System.Diagnostics;
using U2CMigration.Core.InnerConnections;

namespace U2CMigration.Core.WaitingConnections;

/// <summary>
/// Waits shortly before a freeze for a moment in which no connection waits to be accepted, as those that do are given up. A server that is not overloaded accepts within a fraction of a
/// millisecond; one that always has somebody waiting is not waited for long.
/// </summary>
internal static class QuietMoment
{
    /// <summary>The state of a listening socket, TCP_LISTEN.</summary>
    private const string Listening = "0A";
    private const string ListeningField = $" {Listening} ";
    private const int StateField = 3;
    private const int QueuesField = 4;
    private const int InodeField = 9;

    private static readonly string[] Files = ["tcp", "tcp6"];
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
        while (!(isQuiet = !AnyWaits(processId, sockets)) && clock.Elapsed < Limit)
        {
            Thread.Sleep(Pause);
        }

        return isQuiet;
    }

    /// <summary>Whether a tree takes connections at all.</summary>
    public static bool Listens(int processId, TreeSockets sockets) => Waiting(processId, sockets).Any(static waits => waits is not null);

    /// <summary>Whether connections wait for a listening socket of the tree, by its line of <c>/proc/PID/net/tcp</c>: of those, the queue of what was received counts connections.</summary>
    /// <returns>Null for any other socket.</returns>
    internal static bool? Waits(string line, Predicate<ulong> isOurs)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > InodeField && fields[StateField] == Listening && ulong.TryParse(fields[InodeField], out ulong inode) && isOurs(inode)
            ? !fields[QueuesField].EndsWith(":00000000", StringComparison.Ordinal)
            : null;
    }

    private static bool AnyWaits(int processId, TreeSockets sockets) => Waiting(processId, sockets).Contains(true);

    /// <summary>The listening ones come first; the others may be many.</summary>
    private static IEnumerable<bool?> Waiting(int processId, TreeSockets sockets) =>
        Files.SelectMany(file => Lines(processId, file).TakeWhile(static line => line.Contains(ListeningField, StringComparison.Ordinal)).Select(line => Waits(line, inode => sockets.OwnerOf(inode) is not null)));

    private static IEnumerable<string> Lines(int processId, string file)
    {
        try
        {
            return File.ReadLines($"/proc/{processId}/net/{file}").Skip(1);
        }
        catch (IOException)
        {
            // It has ended, or the kernel has no IPv6.
            return [];
        }
    }
}
