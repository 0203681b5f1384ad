using System.Globalization;
using System.Net;
using U2CMigration.Core.CarriedState;
using U2CMigration.Core.InnerConnections;

namespace U2CMigration.Core.WaitingConnections;

/// <summary>
/// Connections that the kernel has established with a workload and that it has not accepted yet: they wait in the backlogs of its listening sockets. Their peers believe that they are served,
/// and no image has them.
/// </summary>
internal static class Backlog
{
    private const string Established = "01";
    private const string HandshakeOpen = "03"; // TCP_SYN_RECV
    private const string ClosedByPeer = "08"; // TCP_CLOSE_WAIT
    private const string Listening = "0A";
    private const int LocalField = 1;
    private const int RemoteField = 2;
    private const int StateField = 3;
    private const int InodeField = 9;

    /// <summary>Reads those of a tree.</summary>
    /// <param name="processIds">The processes, all in one network namespace.</param>
    public static IReadOnlyList<CarriedConnection> Read(IReadOnlyList<int> processIds)
    {
        var sockets = TreeSockets.Of(processIds);
        foreach (int processId in processIds)
        {
            IReadOnlyList<string> lines = [.. Lines(processId, "tcp"), .. Lines(processId, "tcp6")];
            if (lines.Count > 0)
            {
                return Parse(lines, inode => sockets.OwnerOf(inode) is not null);
            }
        }

        return [];
    }

    /// <summary>Finds those of the listening sockets that are in a tree, in the lines of <c>/proc/PID/net/tcp</c> and <c>tcp6</c>.</summary>
    internal static IReadOnlyList<CarriedConnection> Parse(IEnumerable<string> lines, Predicate<ulong> isOurs)
    {
        var listeners = new List<IPEndPoint>();
        var waiting = new List<(IPEndPoint Local, IPEndPoint Remote)>();
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length <= InodeField || !ulong.TryParse(fields[InodeField], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode))
            {
                continue;
            }

            if (fields[StateField] == Listening && isOurs(inode))
            {
                listeners.Add(EndPoint(fields[LocalField]));
            }
            else if (inode == 0 && fields[StateField] is Established or HandshakeOpen or ClosedByPeer)
            {
                // A socket that nobody has open, and that is not being closed: it was never accepted.
                waiting.Add((EndPoint(fields[LocalField]), EndPoint(fields[RemoteField])));
            }
        }

        return [.. waiting.Where(one => listeners.Exists(listener => IsFor(listener, one.Local))).Select(static one => new CarriedConnection(one.Local.ToString(), one.Remote.ToString())).Distinct()];
    }

    private static bool IsFor(IPEndPoint listener, IPEndPoint local) =>
        listener.Port == local.Port && (listener.Address.Equals(local.Address) || listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any));

    /// <summary>An address is written as words in the order of this host, and the port as a number.</summary>
    private static IPEndPoint EndPoint(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        byte[] bytes = Convert.FromHexString(text[..colon]);
        for (int word = 0; word < bytes.Length; word += sizeof(uint))
        {
            Array.Reverse(bytes, word, sizeof(uint));
        }

        var address = new IPAddress(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, int.Parse(text.AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    private static IEnumerable<string> Lines(int processId, string file)
    {
        try
        {
            return File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/net/{file}")).Skip(1);
        }
        catch (IOException)
        {
            // It has ended, or the kernel has no IPv6.
            return [];
        }
    }
}
