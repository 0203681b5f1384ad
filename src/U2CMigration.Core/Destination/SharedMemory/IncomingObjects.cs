using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.PageStores;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Options;
using U2CMigration.Transport;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Destination.SharedMemory;

/// <summary>The shared memory whose pages arrive before the images: the page store writes them where the restored processes will have them.</summary>
/// <param name="store">Takes the pages.</param>
/// <param name="create">Makes one on this host.</param>
internal sealed class IncomingObjects(PageStore store, Func<SharedObjectEntry, IncomingObject> create) : IDisposable
{
    private readonly Dictionary<int, IncomingObject> _objects = [];
    private readonly List<PageRun> _wanted = [];
    private bool _isComplete = true;

    /// <summary>The pages that have to be there.</summary>
    public IEnumerable<PageRun> Wanted => _wanted.Where(run => _objects.ContainsKey(run.ProcessId));

    /// <summary>Takes the newest list: makes what is new and ends what is gone.</summary>
    /// <exception cref="RestoreRefusedException">A name is not to be had here.</exception>
    public void Take(SharedObjectList list)
    {
        _isComplete = false;
        var living = list.Objects.ToDictionary(static entry => entry.Id);
        foreach (int ended in _objects.Keys.Where(id => !living.TryGetValue(id, out SharedObjectEntry? entry) || IsAnother(entry, _objects[id].Entry)).ToArray())
        {
            store.Detach(ended);
            _objects[ended].Dispose();
            _objects.Remove(ended);
        }

        foreach (SharedObjectEntry entry in list.Objects)
        {
            if (_objects.TryGetValue(entry.Id, out IncomingObject? known))
            {
                known.Entry = entry;
            }
            else
            {
                IncomingObject made = create(entry);
                _objects.Add(entry.Id, made);
                store.Attach(entry.Id, made.File);
            }
        }
    }

    /// <summary>Takes a message if it tells which pages have to be there.</summary>
    public bool TryTake(MigrationMessage message)
    {
        if (message is not ObjectPages pages)
        {
            return false;
        }

        _wanted.AddRange(pages.Runs);
        _isComplete = pages.IsLast;
        return true;
    }

    /// <summary>Reads which of them the images have, before they are changed.</summary>
    /// <returns>The numbers of objects, by that under which mappings of the images name them.</returns>
    public IReadOnlyDictionary<ulong, int> Find(ImageDirectory images)
    {
        var byFile = new Dictionary<ulong, int>();
        if (_objects.Count > 0)
        {
            var byKey = _objects.Values.DistinctBy(static known => known.Key).ToDictionary(static known => known.Key, static known => known.Entry.Id);
            foreach ((ulong file, string key) in MemoryFileImages.Inodes(images).Select(static known => (known.Key, MemoryFileImages.KeyOf(known.Value)))
                .Concat(MemoryFileImages.Names(images).Select(static known => (known.Key, known.Value))))
            {
                if (byKey.TryGetValue(key, out int id))
                {
                    byFile.TryAdd(file, id);
                }
            }
        }

        return byFile;
    }

    /// <summary>Has the restore take the objects as they are here.</summary>
    /// <returns>The descriptors that it inherits for that.</returns>
    public async Task<IReadOnlyList<CriuInheritedDescriptor>> HandOverAsync(ImageDirectory images, IArrivingTree tree, CancellationToken cancellationToken)
    {
        if (_objects.Count == 0)
        {
            return [];
        }

        IReadOnlyCollection<ulong> inodes = MemoryFileImages.HandOver(images, _objects.Values.Where(IsMemoryFile).Select(static known => known.Entry.Inode).ToHashSet());
        foreach (IncomingObject known in _objects.Values)
        {
            store.Fix(known.Entry.Id, known.Entry.Size);
            known.BeginRestore();
        }

        IncomingObject[] given = [.. _objects.Values.Where(known => IsMemoryFile(known) ? inodes.Contains(known.Entry.Inode) : known.IsHandedOver)];
        SafeFileHandle[] files = [.. given.Select(static known => known.File)];
        IReadOnlyList<int> numbers = files.Length > 0 ? await tree.GiveAsync(files, cancellationToken).ConfigureAwait(false) : [];
        return [.. given.Zip(numbers, static (known, number) => new CriuInheritedDescriptor(known.Key, number))];
    }

    /// <summary>Called when every page is in the store: lets go of memory files, so that nobody but the workload has those mapped that can be sealed. Takes 10 ms for a GiB.</summary>
    public void Complete()
    {
        if (!_isComplete)
        {
            throw new MigrationProtocolException("the pages of shared memory that have to be there", "the end of the last round");
        }

        LetGo(static known => known.Entry.Kind == SharedObjectEntryKind.MemoryFile);
    }

    /// <summary>Called when everything is restored.</summary>
    public void Seal()
    {
        foreach (IncomingObject known in _objects.Values)
        {
            known.Seal();
        }
    }

    /// <summary>Called when the workload runs.</summary>
    public void Keep()
    {
        foreach (IncomingObject known in _objects.Values)
        {
            known.Keep();
        }
    }

    /// <summary>Lets go of the rest; the workload does not wait for that.</summary>
    public void LetGo() => LetGo(static _ => true);

    public void Dispose()
    {
        foreach (IncomingObject known in _objects.Values)
        {
            known.Dispose();
        }
    }

    private void LetGo(Func<IncomingObject, bool> which)
    {
        foreach (IncomingObject known in _objects.Values.Where(which))
        {
            store.Detach(known.Entry.Id);
        }
    }

    private static bool IsMemoryFile(IncomingObject known) => known.Entry.Kind is SharedObjectEntryKind.Anonymous or SharedObjectEntryKind.MemoryFile;

    /// <summary>A file that lost its name, for example, is restored in another way.</summary>
    private static bool IsAnother(SharedObjectEntry entry, SharedObjectEntry before) => entry.Kind != before.Kind || entry.Name != before.Name || entry.Key != before.Key || entry.Inode != before.Inode;
}
