using System.Globalization;
using U2CMigration.Files.Interop;
using U2CMigration.Files.Names;

namespace U2CMigration.Files.Walking;

/// <summary>
/// Files that processes have mapped to be shared. A write through a mapping changes the times of the file at most once, when the page is written first, so these are compared again whatever
/// their times say. A file on an overlay has one number in the mapping and another in the upper folder, so that a name counts as well; what is taken for mapped in error is read in vain.
/// </summary>
internal sealed class MappedFiles
{
    private readonly HashSet<ulong> _inodes = [];
    private readonly HashSet<byte[]> _names = new(NameComparer.Instance);

    /// <summary>Whether the mappings of all processes could be read.</summary>
    public bool IsComplete { get; private set; } = true;

    public bool Has(ulong inode, ReadOnlySpan<byte> name) => _inodes.Contains(inode) || _names.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(name);

    /// <summary>Reads the mappings of processes; those that have ended have none.</summary>
    /// <param name="processes">Null for all of the host.</param>
    public static MappedFiles Read(IEnumerable<int>? processes)
    {
        var files = new MappedFiles();
        foreach (int process in processes ?? AllProcesses())
        {
            try
            {
                files.Add(File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/maps")));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException || (e is IOException && e.HResult == Errno.ESRCH))
            {
                // It has ended.
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                files.IsComplete = false;
            }
        }

        return files;
    }

    /// <summary>Adds the shared mappings of files in a list of the kind of <c>/proc/PID/maps</c>.</summary>
    internal void Add(ReadOnlySpan<byte> maps)
    {
        Span<Range> fields = stackalloc Range[6];
        while (!maps.IsEmpty)
        {
            int end = maps.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? maps : maps[..end];
            maps = end < 0 ? default : maps[(end + 1)..];
            int count = Split(line, fields);
            if (count < 5 || line[fields[1]] is not [_, _, _, (byte)'s', ..] || !System.Buffers.Text.Utf8Parser.TryParse(line[fields[4]], out ulong inode, out _) || inode == 0)
            {
                continue;
            }

            _inodes.Add(inode);
            if (count == 6)
            {
                ReadOnlySpan<byte> path = line[fields[5]];
                AddName(path[(path.LastIndexOf((byte)'/') + 1)..]);
            }
        }
    }

    private static IEnumerable<int> AllProcesses() =>
        Directory.EnumerateDirectories("/proc").Select(static path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out int process) ? process : 0).Where(static process => process > 0);

    private static int Split(ReadOnlySpan<byte> line, Span<Range> fields)
    {
        int count = 0;
        int at = 0;
        while (at < line.Length && count < fields.Length)
        {
            while (at < line.Length && line[at] == (byte)' ')
            {
                at++;
            }

            int length = count == 5 ? line.Length - at : line[at..].IndexOf((byte)' ');
            length = length < 0 ? line.Length - at : length;
            if (length > 0)
            {
                fields[count++] = at..(at + length);
            }

            at += length;
        }

        return count;
    }

    /// <summary>The kernel writes a line end in a name as <c>\012</c>.</summary>
    private void AddName(ReadOnlySpan<byte> name)
    {
        byte[] kept = new byte[name.Length + 1];
        int length = 0;
        for (int i = 0; i < name.Length; i++)
        {
            bool isEscaped = name[i..].StartsWith("\\012"u8);
            kept[length++] = isEscaped ? (byte)'\n' : name[i];
            i += isEscaped ? 3 : 0;
        }

        _names.Add(kept[..(length + 1)]);
    }
}
