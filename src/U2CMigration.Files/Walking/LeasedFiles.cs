using System.Buffers.Text;

namespace U2CMigration.Files.Walking;

/// <summary>
/// Files under a lease for writing (fcntl(2), F_SETLEASE), from <c>/proc/locks</c>. When one is opened its holder is asked to give the lease up, which takes something from the workload, and in the freeze it could not
/// answer: so they are not opened. A lease for reading does not mind readers.
/// </summary>
internal sealed class LeasedFiles
{
    private readonly HashSet<ulong> _inodes = [];

    /// <summary>Whether a file has a number of one; on another file system another may have it, which is then taken for it.</summary>
    public bool Has(ulong inode) => _inodes.Contains(inode);

    public static LeasedFiles Read()
    {
        var files = new LeasedFiles();
        try
        {
            files.Add(File.ReadAllBytes("/proc/locks"));
        }
        catch (IOException)
        {
            // A kernel without file locks has no leases.
        }

        return files;
    }

    /// <summary>Adds the leases in a list of the kind of <c>/proc/locks</c>.</summary>
    internal void Add(ReadOnlySpan<byte> locks)
    {
        while (!locks.IsEmpty)
        {
            int end = locks.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? locks : locks[..end];
            locks = end < 0 ? default : locks[(end + 1)..];
            int write = line.IndexOf(" WRITE "u8);
            if (line.IndexOf(" LEASE "u8) < 0 || write < 0)
            {
                continue;
            }

            // ... WRITE PID MAJOR:MINOR:INODE START END
            ReadOnlySpan<byte> rest = line[(write + " WRITE ".Length)..];
            int inode = rest.LastIndexOf((byte)':');
            if (inode >= 0 && Utf8Parser.TryParse(rest[(inode + 1)..], out ulong number, out _))
            {
                _inodes.Add(number);
            }
        }
    }
}
