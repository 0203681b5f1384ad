using System.Diagnostics;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>Finds the shared memory of a process tree and the pages of it that differ from what was copied: each object once, however many processes have it.</summary>
/// <remarks>
/// The counterpart of an <see cref="Trackers.IPageTracker"/>, which looks at private memory only. Pages must be copied with <see cref="SharedObject.Read"/>: a page is
/// reported until its content was read in that way. One thread at a time; pages may be read meanwhile.
/// </remarks>
public sealed class SharedObjectTracker : IDisposable
{
    /// <summary>Looking through all descriptors takes milliseconds where there are thousands.</summary>
    private static readonly TimeSpan SearchedEvery = TimeSpan.FromMilliseconds(300);

    private readonly ObjectFinder _finder = new();
    private readonly HashSet<int> _searched = [];
    private readonly List<SharedObject> _ended = [];
    private SharedObject[] _objects = [];
    private long _searchedAt;
    private int _nextId = SharedObject.FirstId;

    /// <summary>The objects known now; a list of its own after each change.</summary>
    public IReadOnlyList<SharedObject> Objects => _objects;

    /// <summary>Looks for objects that came or went.</summary>
    /// <param name="processIds">The processes of the tree.</param>
    public void Find(IReadOnlyCollection<int> processIds)
    {
        ArgumentNullException.ThrowIfNull(processIds);
        Search(processIds);
    }

    /// <summary>Looks for objects that came or went, and adds the pages whose content is not what was copied last; at first, those that are not zeros.</summary>
    /// <param name="processIds">The processes of the tree.</param>
    /// <param name="dirty">Receives the pages, under the numbers of objects; each object has an entry.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <remarks>An object that was compared a short time ago is left out: what was written in it is found later.</remarks>
    public void Collect(IReadOnlyCollection<int> processIds, PageSet dirty, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(processIds);
        ArgumentNullException.ThrowIfNull(dirty);
        if (_searchedAt == 0 || Stopwatch.GetElapsedTime(_searchedAt) > SearchedEvery || !_searched.SetEquals(processIds))
        {
            Search(processIds);
        }

        foreach (SharedObject known in _objects)
        {
            ProcessPages pages = dirty.Of(known.Id);
            known.Refresh();
            if (known.Comparison.IsDue)
            {
                known.Comparison.Run(known.Size, pages, cancellationToken);
            }
        }
    }

    /// <summary>Adds every page whose content is not what was copied last, in the objects that are known. Exact when nobody writes.</summary>
    /// <param name="dirty">Receives the pages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public void CollectAll(PageSet dirty, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dirty);
        foreach (SharedObject known in _objects)
        {
            known.Comparison.Run(known.Size, dirty.Of(known.Id), cancellationToken);
        }
    }

    /// <summary>Takes the sizes of all objects as they are now.</summary>
    public void Refresh() => Array.ForEach(_objects, static known => known.Refresh());

    /// <summary>An object by its number; null when it is gone.</summary>
    /// <param name="id">The number.</param>
    public SharedObject? Find(int id) => Array.Find(Volatile.Read(ref _objects), known => known.Id == id);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SharedObject known in _objects.Concat(_ended))
        {
            known.Dispose();
        }

        (_objects, _searchedAt) = ([], 0);
        _ended.Clear();
    }

    private void Search(IReadOnlyCollection<int> processIds)
    {
        var known = _objects.ToDictionary(static item => item.Key);
        var objects = new List<SharedObject>();
        foreach ((((uint Major, uint Minor) Device, ulong Inode) key, ObjectFinder.Found found) in _finder.Find(processIds))
        {
            if (known.TryGetValue(key, out SharedObject? old) && old.IsAsFound)
            {
                known.Remove(key);
                objects.Add(old);
            }
            else if (ObjectFinder.TryOpen(_nextId, found) is { } added)
            {
                objects.Add(added);
                _nextId++;
            }
        }

        // Pages of it may be read at this moment.
        _ended.AddRange(known.Values);
        Volatile.Write(ref _objects, [.. objects.OrderBy(static item => item.Id)]);
        _searched.Clear();
        _searched.UnionWith(processIds);
        _searchedAt = Stopwatch.GetTimestamp();
    }
}
