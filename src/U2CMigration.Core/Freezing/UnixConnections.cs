using System.Globalization;
using U2CMigration.Core.InnerConnections;

namespace U2CMigration.Core.Freezing;

/// <summary>Connections over unix sockets that a tree has not accepted yet; <c>/proc/PID/net/unix</c>, see proc(5).</summary>
internal static class UnixConnections
{
    // Num RefCount Protocol Flags Type St Inode Path; the path may hold blanks.
    private const int FlagsField = 3;
    private const int StateField = 5;
    private const int InodeField = 6;
    private const int PathField = 7;

    private const string Listens = "00010000"; // __SO_ACCEPTCON
    private const string Connecting = "02";
    private const string Disconnecting = "04"; // the client has closed it already
    private const string NoInode = "0"; // nobody has it open yet

    /// <summary>Whether there are any now.</summary>
    /// <param name="rootProcessId">The root of the tree, whose network namespace is that of all.</param>
    /// <param name="tree">The processes.</param>
    public static bool AreBeingMade(int rootProcessId, IReadOnlyList<int> tree)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{rootProcessId}/net/unix"));
        }
        catch (IOException)
        {
            // The tree has ended.
            return false;
        }

        return AreBeingMade(lines, () => TreeSockets.Of(tree).Owns);
    }

    /// <param name="lines">The table.</param>
    /// <param name="owned">Tells which sockets are the tree's; asked only where that matters, as it takes a look at every descriptor.</param>
    internal static bool AreBeingMade(IEnumerable<string> lines, Func<Predicate<ulong>> owned)
    {
        string[][] sockets = [.. lines.Skip(1).Select(static line => line.Split(' ', PathField + 1, StringSplitOptions.RemoveEmptyEntries)).Where(static fields => fields.Length > PathField)];
        HashSet<string> wanted = [.. sockets.Where(static fields => fields[InodeField] == NoInode && fields[StateField] is Connecting or Disconnecting).Select(static fields => fields[PathField])];
        if (wanted.Count == 0)
        {
            return false;
        }

        // A connection that was not accepted has the name of the socket that listens.
        Predicate<ulong> isOwned = owned();
        return sockets.Any(fields => fields[FlagsField] == Listens && wanted.Contains(fields[PathField])
            && ulong.TryParse(fields[InodeField], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode) && isOwned(inode));
    }
}
