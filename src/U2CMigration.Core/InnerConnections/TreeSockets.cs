using System.Globalization;

namespace U2CMigration.Core.InnerConnections;

/// <summary>The sockets that the processes of a tree have open, by the inode that the kernel shows for them.</summary>
internal sealed class TreeSockets
{
    private const string Prefix = "socket:[";

    private readonly Dictionary<ulong, int> _owners = [];
    private readonly HashSet<int> _processes = [];

    /// <summary>Reads them; a process that ends meanwhile has none.</summary>
    public static TreeSockets Of(IEnumerable<int> processIds)
    {
        var sockets = new TreeSockets();
        foreach (int processId in processIds)
        {
            try
            {
                foreach (string descriptor in Directory.EnumerateFileSystemEntries($"/proc/{processId}/fd"))
                {
                    string? target = new FileInfo(descriptor).LinkTarget;
                    if (target is not null && target.StartsWith(Prefix, StringComparison.Ordinal)
                        && ulong.TryParse(target.AsSpan(Prefix.Length, target.Length - Prefix.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
                    {
                        sockets._owners[inode] = processId;
                        sockets._processes.Add(processId);
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has ended.
            }
        }

        return sockets;
    }

    /// <summary>Whether a process of the tree has a socket open.</summary>
    public bool Owns(ulong inode) => _owners.ContainsKey(inode);

    /// <summary>A process that has a socket open; null for none of the tree.</summary>
    public int? OwnerOf(ulong inode) => _owners.TryGetValue(inode, out int processId) ? processId : null;

    /// <summary>
    /// Whether both ends of a TCP connection are on this host and one of them is in the tree. More than needed when the other end is not, which costs no more than a lock of
    /// CRIU's.
    /// </summary>
    public bool HasInnerConnection() => _processes.Take(1).Any(processId => TcpTable.Read(processId).FindInner().Any(inode => _owners.ContainsKey(inode)));
}
