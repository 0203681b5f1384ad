using U2CMigration.Core.Agreement;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SharedObjects;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>The memory of a tree that travels as pages: the private memory of its processes and, where the destination takes it, the objects that they share.</summary>
/// <param name="processes">Tracks private memory. Not disposed here.</param>
/// <param name="objects">Tracks shared memory; null where that travels with the images.</param>
/// <param name="sender">Tells the destination which objects there are, before pages of them are sent, and what of them does not exist any more.</param>
internal sealed class TreeTracker(IPageTracker processes, SharedObjectTracker? objects, PageSender sender) : IPageTracker
{
    private readonly Dictionary<int, long> _sizes = [];
    private IReadOnlyList<SharedObject> _announced = [];

    /// <summary>The processes alone.</summary>
    public IPageTracker Processes => processes;

    /// <summary>The shared memory; null where that travels with the images.</summary>
    public SharedObjectTracker? Objects => objects;

    public string Name => processes.Name;

    public IReadOnlyList<int> ProcessIds => objects is null ? processes.ProcessIds : [.. processes.ProcessIds, .. objects.Objects.Select(static shared => shared.Id)];

    /// <summary>The shared memory that travels as pages.</summary>
    public long CarriedBytes => objects?.Objects.Sum(static shared => shared.AllocatedBytes) ?? 0;

    public void Collect(PageSet dirty, CancellationToken cancellationToken = default)
    {
        processes.Collect(dirty, cancellationToken);
        if (objects is null)
        {
            return;
        }

        objects.Collect(processes.ProcessIds, dirty, cancellationToken);
        if (!_announced.SequenceEqual(objects.Objects))
        {
            _announced = objects.Objects;
            sender.Announce(Describe());
        }

        DropCutOff();
    }

    public void CollectResident(PageSet resident, CancellationToken cancellationToken = default) => processes.CollectResident(resident, cancellationToken);

    /// <summary>Whether CRIU is not to copy the content of the memory file that a path leads to: it travels as pages, and the destination knows of it.</summary>
    /// <remarks>Other files CRIU copies only when they were deleted a moment ago, and then they do not travel in any other way.</remarks>
    public bool Carries(string path) => _announced.Any(shared => HasContent(shared) && shared.IsAt(path));

    /// <summary>Whether there is anything that CRIU would copy.</summary>
    public bool CarriesContent => _announced.Any(HasContent);

    private static bool HasContent(SharedObject shared) => shared.Kind is SharedObjectKind.Anonymous or SharedObjectKind.MemoryFile;

    /// <summary>Takes sizes and the like as they are now. A file that was deleted since the last look travels with the images.</summary>
    public SharedObjectList Refresh()
    {
        objects?.Refresh();
        _announced = [.. _announced.Where(static shared => shared.IsAsFound)];
        DropCutOff();
        return Describe();
    }

    /// <summary>The files among them that CRIU has to be told of, by the names that it knows them by.</summary>
    public IEnumerable<string> External => _announced.Where(static shared => shared.Kind == SharedObjectKind.DeletedFile).Select(static shared => MemoryFileImages.KeyOf(shared.Mount, shared.Inode));

    /// <summary>The objects as they were looked at last.</summary>
    private SharedObjectList Describe() => new([.. _announced.Select(EntryOf)]);

    public void Dispose() => objects?.Dispose();

    /// <summary>What lay behind an end that has come closer must not be a base for what is sent later.</summary>
    private void DropCutOff()
    {
        foreach (SharedObject shared in _announced)
        {
            long end = (shared.Size + PageSize.Bytes - 1) & ~((long)PageSize.Bytes - 1);
            if (_sizes.TryGetValue(shared.Id, out long before) && before > end)
            {
                sender.Drop([new PageRun(shared.Id, (ulong)end, (before - end) >> PageSize.Shift)]);
            }

            _sizes[shared.Id] = end;
        }
    }

    private static SharedObjectEntry EntryOf(SharedObject shared) => new(
        shared.Id,
        (SharedObjectEntryKind)shared.Kind,
        shared.Inode,
        shared.Size,
        (int)shared.Mode,
        (int)shared.UserId,
        (int)shared.GroupId,
        (int)shared.Seals,
        shared.Kind switch
        {
            SharedObjectKind.DeletedFile => MemoryFileImages.KeyOf(shared.Mount, shared.Inode),
            SharedObjectKind.NamedFile => FileIdentity.Of(shared.Name),
            _ => string.Empty,
        },
        shared.Name);
}
