using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Processes;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>Finds the objects of a tree: those that a process maps, shared or private, and those that it only has open.</summary>
internal sealed class ObjectFinder
{
    internal const string AnonymousName = "/dev/zero";

    /// <summary>Where the C library keeps what programs share by name.</summary>
    internal const string Directory = "/dev/shm/";

    /// <summary>What the kernel shows behind a name that leads nowhere.</summary>
    internal const string Deleted = " (deleted)";

    private static readonly byte[] MemoryFileStart = Encoding.ASCII.GetBytes(Descriptors.MemoryFilePrefix);
    private static readonly byte[] DirectoryStart = Encoding.ASCII.GetBytes(Directory);
    private static readonly byte[] Anonymous = Encoding.ASCII.GetBytes(AnonymousName + Deleted);

    /// <summary>The kernel's own file system, on which such objects are. Memory files of huge pages are on another one.</summary>
    private static readonly Lazy<(uint Major, uint Minor)> Device = new(DeviceOfMemoryFiles);

    private readonly Dictionary<((uint Major, uint Minor) Device, ulong Inode), Found> _found = [];

    /// <summary>An object that was found, a path that leads to it as long as the process does not change, and whether anyone has a descriptor of it.</summary>
    internal readonly record struct Found(int ProcessId, string Below, bool IsOpen = false);

    /// <summary>Whether all descriptors of the last search were seen.</summary>
    internal bool HasSeenAll { get; private set; }

    /// <summary>Looks through the mappings and descriptors of processes. What ends in the meantime has none.</summary>
    internal IReadOnlyDictionary<((uint Major, uint Minor) Device, ulong Inode), Found> Find(IEnumerable<int> processIds)
    {
        _found.Clear();
        HasSeenAll = true;
        foreach (int processId in processIds)
        {
            try
            {
                // Names mean something else in other mount namespaces.
                bool named = SharesMounts(processId);
                FindMapped(processId, named);
                FindOpen(processId, named);
            }
            catch (PageTrackingException e) when (e.IsProcessGone)
            {
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                HasSeenAll &= !ProcessTree.IsAlive(processId);
            }
        }

        return _found;
    }

    /// <summary>Opens an object for reading; null when it is not there any more, or of a kind that is not known.</summary>
    internal static SharedObject? TryOpen(int id, Found found)
    {
        SafeFileHandle? file = null;
        try
        {
            // Not locked against others, which would show in the workload.
            file = ProcFile.Open(found.ProcessId, found.Below);
            ObjectState state = ObjectState.Of(file);
            if (state.IsRegular && TryName(LinkOf(file), out SharedObjectKind kind, out string name) && (kind is SharedObjectKind.NamedFile or SharedObjectKind.DeletedFile ? IsInMemory(file) : state.Device == Device.Value))
            {
                return new SharedObject(id, kind, name, file, state);
            }
        }
        catch (Exception e) when (e is PageTrackingException or IOException)
        {
            // Its owner has closed it, or has ended.
        }

        file?.Dispose();
        return null;
    }

    /// <summary>What the kernel shows an open file as.</summary>
    internal static string LinkOf(SafeFileHandle file) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{(int)file.DangerousGetHandle()}")).LinkTarget ?? string.Empty;

    /// <summary>What the kernel calls an object. A name that is not text could not be given to another one.</summary>
    internal static bool TryName(string link, out SharedObjectKind kind, out string name)
    {
        name = link.EndsWith(Deleted, StringComparison.Ordinal) ? link[..^Deleted.Length] : link;
        kind = SharedObjectKind.Anonymous;
        if (name == AnonymousName)
        {
            return true;
        }

        if (name.Contains('\ufffd', StringComparison.Ordinal))
        {
            return false;
        }

        if (name.StartsWith(Directory, StringComparison.Ordinal))
        {
            kind = name.Length == link.Length ? SharedObjectKind.NamedFile : SharedObjectKind.DeletedFile;
            return true;
        }

        kind = SharedObjectKind.MemoryFile;
        bool isMemoryFile = name.StartsWith(Descriptors.MemoryFilePrefix, StringComparison.Ordinal);
        name = isMemoryFile ? name[Descriptors.MemoryFilePrefix.Length..] : name;
        return isMemoryFile;
    }

    private void FindMapped(int processId, bool named)
    {
        using MapsReader maps = MapsReader.Open(processId);
        while (maps.TryRead(out MapsLine line))
        {
            ReadOnlySpan<byte> path = line.Path;
            bool isNamed = named && path.StartsWith(DirectoryStart);
            if ((isNamed || path.StartsWith(MemoryFileStart) || path.SequenceEqual(Anonymous)) && line.TryMaterialize(out VirtualMemoryArea? area)
                && (isNamed || (area.DeviceMajor, area.DeviceMinor) == Device.Value))
            {
                _found.TryAdd(((area.DeviceMajor, area.DeviceMinor), area.Inode), new Found(processId, string.Create(CultureInfo.InvariantCulture, $"map_files/{area.Start:x}-{area.End:x}")));
            }
        }
    }

    private void FindOpen(int processId, bool named)
    {
        foreach ((string path, string link) in Descriptors.Of(processId))
        {
            if ((link.StartsWith(Descriptors.MemoryFilePrefix, StringComparison.Ordinal) || (named && link.StartsWith(Directory, StringComparison.Ordinal)))
                && ObjectState.TryIdentify(path) is { } key)
            {
                _found[key] = _found.TryGetValue(key, out Found found) ? found with { IsOpen = true } : new Found(processId, $"fd/{Path.GetFileName(path)}", IsOpen: true);
            }
        }
    }

    private static bool SharesMounts(int processId) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/mnt")).LinkTarget == new FileInfo("/proc/self/ns/mnt").LinkTarget;

    private static unsafe bool IsInMemory(SafeFileHandle file)
    {
        long* status = stackalloc long[16];
        return FileSystemOf(file, status) == 0 && (status[0] & uint.MaxValue) == TMPFS_MAGIC;
    }

    private static (uint Major, uint Minor) DeviceOfMemoryFiles()
    {
        using var file = new SafeFileHandle(MemfdCreate("u2c-probe", MFD_CLOEXEC), ownsHandle: true);
        return file.IsInvalid ? default : ObjectState.Of(file).Device;
    }
}
