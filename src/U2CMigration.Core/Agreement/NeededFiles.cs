using System.Globalization;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Inventory;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Agreement;

/// <summary>The files and directories that a workload has open, mapped, or is in.</summary>
internal static class NeededFiles
{
    private const ushort TypeMask = 0xf000;
    private const ushort Regular = 0x8000;
    private const ushort Directory = 0x4000;
    private const ushort Fifo = 0x1000;
    private const int AccessMask = 3;
    private const int WriteOnly = 1;
    private const int Append = 0x400; // 02000

    /// <summary>Three quarters of what a message may have.</summary>
    private const int MaxPathBytes = 3 << 20;

    /// <summary>What each host has of its own.</summary>
    private static readonly string[] OwnOfEachHost = ["/proc/", "/sys/", "/dev/"];

    /// <summary>Gathers them; none where the workload has a mount namespace of its own, whose files are where its mounts are made.</summary>
    public static IReadOnlyList<NeededFile> Of(IReadOnlyList<int> tree)
    {
        if (LinkOf(tree[0], "ns/mnt") != LinkOf(Environment.ProcessId, "ns/mnt"))
        {
            return [];
        }

        var files = new SortedDictionary<string, NeededFile>(StringComparer.Ordinal);
        foreach (int processId in tree)
        {
            foreach (HeldDescriptor descriptor in DescriptorTable.Read(processId).Where(static one => one.Link[0] == '/'))
            {
                Add(files, descriptor.Link, descriptor.Path, () => ComparesSize(descriptor));
            }

            foreach (string name in MappingTable.ReadFiles(processId))
            {
                Add(files, name, name, static () => true);
            }

            foreach (string place in (ReadOnlySpan<string>)["exe", "cwd", "root"])
            {
                if (LinkOf(processId, place) is { } path)
                {
                    Add(files, path, string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{place}"), static () => false);
                }
            }
        }

        int bytes = 0;
        return [.. files.Values.TakeWhile(file => (bytes += file.Path.Length + NeededFile.LeastBytes) < MaxPathBytes).Take(ProtocolLimits.MaxNeeds)];
    }

    private static void Add(SortedDictionary<string, NeededFile> files, string path, string link, Func<bool> comparesSize)
    {
        bool isKnown = files.TryGetValue(path, out NeededFile known);
        if ((isKnown && known.Size > 0) || path[0] != '/' || path.Length > ProtocolLimits.MaxTextBytes / 3 || Array.Exists(OwnOfEachHost, prefix => path.StartsWith(prefix, StringComparison.Ordinal)))
        {
            return;
        }

        // What has been deleted, renamed or covered is not needed under this name.
        if (FileStatus.TryRead(link) is { } status && FileStatus.TryRead(path) is { } there && (there.Device, there.Inode) == (status.Device, status.Inode)
            && (status.Mode & TypeMask) is Regular or Directory or Fifo)
        {
            files[path] = new NeededFile(path, status.Mode, status.IsRegular && comparesSize() ? status.Size : 0);
        }
    }

    /// <summary>CRIU does not compare the sizes of files that are only appended to, logs for example.</summary>
    private static bool ComparesSize(HeldDescriptor descriptor)
    {
        try
        {
            int flags = Convert.ToInt32(descriptor.Information("flags") ?? "0", 8);
            return (flags & AccessMask) != WriteOnly || (flags & Append) == 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string? LinkOf(int processId, string name)
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{name}")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
