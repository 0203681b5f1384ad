using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace U2CMigration.Criu.Rpc;

/// <summary>The TCP connections of a process tree, as /proc tells them (proc_pid_net(5)).</summary>
internal static class ProcessConnections
{
    private const int LocalField = 1;
    private const int RemoteField = 2;
    private const int InodeField = 9;
    private const string SocketPrefix = "socket:[";

    /// <summary>Each connection in both directions.</summary>
    public static IReadOnlySet<(IPEndPoint, IPEndPoint)> Of(int rootProcessId)
    {
        HashSet<ulong> own = [.. Tree(rootProcessId).SelectMany(Sockets)];
        var connections = new HashSet<(IPEndPoint, IPEndPoint)>();
        foreach (string table in (string[])["tcp", "tcp6"])
        {
            foreach (string line in Lines($"/proc/{rootProcessId.ToString(CultureInfo.InvariantCulture)}/net/{table}"))
            {
                string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > InodeField && ulong.TryParse(fields[InodeField], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode) && own.Contains(inode)
                    && Parse(fields[LocalField]) is { } local && Parse(fields[RemoteField]) is { } remote)
                {
                    connections.Add((local, remote));
                    connections.Add((remote, local));
                }
            }
        }

        return connections;
    }

    /// <summary>An address and a port in hexadecimal, the address in words of the host's byte order.</summary>
    internal static IPEndPoint? Parse(string text)
    {
        if (text.Split(':') is not [{ Length: 8 or 32 } hex, var portText] || !ushort.TryParse(portText, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ushort port))
        {
            return null;
        }

        byte[] bytes = new byte[hex.Length / 2];
        for (int word = 0; word < bytes.Length; word += sizeof(uint))
        {
            if (!uint.TryParse(hex.AsSpan(word * 2, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint value))
            {
                return null;
            }

            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(word), value);
        }

        var address = new IPAddress(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
    }

    private static List<int> Tree(int rootProcessId)
    {
        List<int> tree = [rootProcessId];
        for (int i = 0; i < tree.Count; i++)
        {
            string tasks = $"/proc/{tree[i].ToString(CultureInfo.InvariantCulture)}/task";
            foreach (string children in Entries(tasks).SelectMany(static task => Lines(Path.Combine(task, "children"))))
            {
                tree.AddRange(children.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture)));
            }
        }

        return tree;
    }

    private static IEnumerable<ulong> Sockets(int processId)
    {
        foreach (string descriptor in Entries($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/fd"))
        {
            string? target = Try(() => new FileInfo(descriptor).LinkTarget);
            if (target?.StartsWith(SocketPrefix, StringComparison.Ordinal) == true
                && ulong.TryParse(target.AsSpan(SocketPrefix.Length).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
            {
                yield return inode;
            }
        }
    }

    private static string[] Entries(string directory) => Try(() => Directory.GetFileSystemEntries(directory)) ?? [];

    private static string[] Lines(string path) => Try(() => File.ReadAllLines(path)) ?? [];

    /// <summary>What has ended has nothing.</summary>
    private static T? Try<T>(Func<T> read)
        where T : class?
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
