using System.Globalization;

namespace U2CMigration.Core.Convergence;

/// <summary>The established TCP connections of a network namespace, from <c>/proc/PID/net/tcp</c> (proc_pid_net(5)).</summary>
internal static class TcpConnections
{
    private const int StateField = 3;
    private const int InodeField = 9;
    private const string Established = "01";

    /// <summary>The inodes of their sockets, as they show in <c>/proc/PID/fd</c>.</summary>
    /// <param name="processId">A process in the namespace.</param>
    public static HashSet<ulong> InodesOf(int processId)
    {
        var inodes = new HashSet<ulong>();
        foreach (string file in (ReadOnlySpan<string>)["tcp", "tcp6"])
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/net/{file}");
            if (!File.Exists(path))
            {
                continue;
            }

            foreach (string line in File.ReadLines(path).Skip(1))
            {
                if (TryParse(line) is { } inode)
                {
                    inodes.Add(inode);
                }
            }
        }

        return inodes;
    }

    internal static ulong? TryParse(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > InodeField && fields[StateField] == Established && ulong.TryParse(fields[InodeField], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode) ? inode : null;
    }
}
