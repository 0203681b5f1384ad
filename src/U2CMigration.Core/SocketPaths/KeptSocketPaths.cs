using System.Globalization;
using System.Runtime.InteropServices;
using U2CMigration.Core.Guardians;
using U2CMigration.Core.InnerConnections;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.SocketPaths;

/// <summary>
/// The paths of the unix sockets of a tree, kept for a rollback. A restore binds its sockets again and so replaces the files; where the destination sees the same
/// directory, no one could connect to the source's sockets again. Each file gets a second name before the freeze, which brings it back.
/// </summary>
/// <remarks>A guardian brings them back when this process is killed before the commit.</remarks>
internal sealed class KeptSocketPaths : IDisposable
{
    private const int NoSuchFile = 2;
    private const int PathField = 7;
    private const int InodeField = 6;

    private readonly List<(string Kept, string Path)> _paths;
    private readonly Guardian? _guardian;
    private bool _settled;

    private KeptSocketPaths(List<(string Kept, string Path)> paths)
    {
        _paths = paths;
        (GuardianScript undo, GuardianScript settled) = (new(), new());
        foreach ((string kept, string path) in paths)
        {
            undo.Rename(kept, path).Remove(kept);
            settled.Remove(kept);
        }

        _guardian = paths.Count > 0 ? Guardian.Start("u2c-socket-guardian", undo, settled) : null;
    }

    /// <summary>Whether there is anything to bring back.</summary>
    public bool Any => _paths.Count > 0;

    /// <summary>Keeps the paths of a tree.</summary>
    /// <param name="sockets">The sockets of the tree.</param>
    /// <param name="rootProcessId">The root of the tree, whose network namespace is that of all.</param>
    /// <param name="migrationId">Names what is kept.</param>
    /// <param name="warn">Takes a sentence about a path that could not be kept.</param>
    public static KeptSocketPaths Keep(TreeSockets sockets, int rootProcessId, Guid migrationId, Action<string> warn)
    {
        var kept = new List<(string Kept, string Path)>();
        foreach ((string path, int owner) in BoundPaths(sockets, rootProcessId))
        {
            string full = FullPath(path, owner);
            string name = Path.Combine(Path.GetDirectoryName(full) ?? "/", string.Create(CultureInfo.InvariantCulture, $".u2c-{migrationId:N}-{kept.Count}"));
            int error = Links.TryLink(full, name);
            if (error == 0)
            {
                kept.Add((name, full));
            }
            else if (error != NoSuchFile)
            {
                warn($"The unix socket {path} of process {owner} could not be given a second name ({Marshal.GetPInvokeErrorMessage(error)}): if the destination sees the same directory and the migration fails, it has to be bound again.");
            }
        }

        return new KeptSocketPaths(kept);
    }

    /// <summary>Brings the paths back, whatever has them now. Can be repeated: the destination may still be at work.</summary>
    public void BringBack()
    {
        foreach ((string kept, string path) in _paths)
        {
            // By a third name: the second has to outlast this.
            string next = kept + "-next";
            if (Links.TryLink(kept, next) == 0)
            {
                _ = Links.TryRename(next, path);
                Links.Remove(next);
            }
        }
    }

    /// <summary>From now on the destination may own the paths.</summary>
    public void Settle()
    {
        if (!_settled)
        {
            _settled = true;
            _guardian?.Settle();
        }
    }

    /// <summary>Takes the second names away.</summary>
    public void Forget()
    {
        _paths.ForEach(static one => Links.Remove(one.Kept));
        _paths.Clear();
        Settle();
    }

    public void Dispose()
    {
        Forget();
        _guardian?.Dispose();
    }

    private static IEnumerable<(string Path, int Owner)> BoundPaths(TreeSockets sockets, int rootProcessId)
    {
        // Num RefCount Protocol Flags Type St Inode Path; the path may hold blanks.
        foreach (string line in File.ReadLines($"/proc/{rootProcessId}/net/unix").Skip(1))
        {
            string[] fields = line.Split(' ', PathField + 1, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > PathField && fields[PathField][0] != '@'
                && ulong.TryParse(fields[InodeField], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode) && sockets.OwnerOf(inode) is { } owner)
            {
                yield return (fields[PathField], owner);
            }
        }
    }

    /// <summary>The path as this process sees it.</summary>
    private static string FullPath(string path, int processId)
    {
        if (!path.StartsWith('/'))
        {
            return $"/proc/{processId}/cwd/{path}";
        }

        bool isOurs = new FileInfo($"/proc/{processId}/ns/mnt").LinkTarget == new FileInfo("/proc/self/ns/mnt").LinkTarget && new FileInfo($"/proc/{processId}/root").LinkTarget == "/";
        return isOurs ? path : $"/proc/{processId}/root{path}";
    }
}
