using System.Globalization;
using U2CMigration.Core.Processes;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Convergence;

/// <summary>What a tree holds besides private memory: CRIU writes and makes each of these while the workload is frozen.</summary>
/// <param name="Processes">Processes.</param>
/// <param name="Threads">Threads beyond the first one of each process.</param>
/// <param name="Mappings">Mappings of memory.</param>
/// <param name="Descriptors">Descriptors, sockets among them.</param>
/// <param name="Sockets">Sockets.</param>
/// <param name="Connections">Sockets of established TCP connections.</param>
/// <param name="SharedBytes">Shared memory and huge pages.</param>
internal readonly record struct StateInventory(int Processes, int Threads, int Mappings, int Descriptors, int Sockets, int Connections, long SharedBytes)
{
    /// <summary>Deleted files that are still open: their content is in no place that the destination could see.</summary>
    public long DeletedBytes { get; init; }

    /// <summary>Shared memory that travels before the freeze, and is compared as a whole in it.</summary>
    public long ComparedBytes { get; init; }

    private const int MapsBufferBytes = 1 << 16;
    private const string SocketPrefix = "socket:[";

    /// <summary>Counts what a tree holds now. What ends meanwhile counts for nothing.</summary>
    /// <param name="processIds">Its processes.</param>
    /// <param name="carriedBytes">Shared memory that travels before the freeze.</param>
    public static StateInventory Take(IReadOnlyCollection<int> processIds, long carriedBytes = 0)
    {
        var found = new StateInventory(0, 0, 0, 0, 0, 0, Math.Max(0, TreeMemory.Of(processIds).FrozenOnlyBytes - carriedBytes))
        {
            ComparedBytes = carriedBytes,
            DeletedBytes = DeletedFiles.TotalBytes(DeletedFiles.Find(processIds, mapped: false)),
        };
        byte[] buffer = new byte[MapsBufferBytes];
        HashSet<ulong>? connections = null;
        foreach (int processId in processIds)
        {
            try
            {
                connections ??= TcpConnections.InodesOf(processId);
                found = found.With(processId, connections, buffer);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while it was counted.
            }
        }

        return found;
    }

    private StateInventory With(int processId, HashSet<ulong> connections, byte[] buffer)
    {
        string directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}");
        int descriptors = 0;
        int sockets = 0;
        int connected = 0;
        foreach (FileInfo descriptor in new DirectoryInfo(Path.Combine(directory, "fd")).EnumerateFiles())
        {
            descriptors++;
            if (descriptor.LinkTarget is { } target && target.StartsWith(SocketPrefix, StringComparison.Ordinal))
            {
                sockets++;
                connected += ulong.TryParse(target.AsSpan(SocketPrefix.Length).TrimEnd(']'), CultureInfo.InvariantCulture, out ulong inode) && connections.Contains(inode) ? 1 : 0;
            }
        }

        return this with
        {
            Processes = Processes + 1,
            Threads = Threads + Math.Max(0, ProcessTree.Threads(processId).Count - 1),
            Mappings = Mappings + CountLines(Path.Combine(directory, "maps"), buffer),
            Descriptors = Descriptors + descriptors,
            Sockets = Sockets + sockets,
            Connections = Connections + connected,
        };
    }

    private static int CountLines(string file, byte[] buffer)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        int lines = 0;
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return lines;
    }
}
