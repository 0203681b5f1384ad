using System.Globalization;

namespace U2CMigration.Core.InnerConnections;

/// <summary>The TCP sockets of a network namespace: <c>/proc/PID/net/tcp</c> and <c>tcp6</c>, see proc_pid_net(5).</summary>
internal sealed class TcpTable
{
    /// <summary>How an IPv4 address in an IPv6 socket begins there.</summary>
    private const string MappedPrefix = "0000000000000000FFFF0000";

    private const int LocalField = 1;
    private const int RemoteField = 2;
    private const int InodeField = 9;

    private readonly Dictionary<(string Local, string Remote), ulong> _sockets = [];

    /// <summary>Reads the namespace of a process; empty when it has ended.</summary>
    public static TcpTable Read(int processId)
    {
        var table = new TcpTable();
        foreach (string name in (string[])["tcp", "tcp6"])
        {
            try
            {
                table.Add(File.ReadLines($"/proc/{processId}/net/{name}"));
            }
            catch (IOException)
            {
                // It has ended, or the kernel has no IPv6.
            }
        }

        return table;
    }

    /// <summary>The inodes of connections whose other end is in the table too.</summary>
    public IEnumerable<ulong> FindInner() => _sockets.Where(one => _sockets.ContainsKey((one.Key.Remote, one.Key.Local))).Select(static one => one.Value);

    internal void Add(IEnumerable<string> lines)
    {
        foreach (string line in lines.Skip(1))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > InodeField && ulong.TryParse(fields[InodeField], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
            {
                _sockets[(Normal(fields[LocalField]), Normal(fields[RemoteField]))] = inode;
            }
        }
    }

    private static string Normal(string endpoint) => endpoint.StartsWith(MappedPrefix, StringComparison.Ordinal) ? endpoint[MappedPrefix.Length..] : endpoint;
}
