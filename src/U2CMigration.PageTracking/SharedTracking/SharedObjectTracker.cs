using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.MemoryEvents;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SharedWrites;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>Finds the shared memory of a process tree and the pages of it that differ from what was copied: each object once, however many processes have it.</summary>
/// <remarks>
/// The counterpart of an <see cref="Trackers.IPageTracker"/>, which looks at private memory only. Pages must be copied with <see cref="SharedObject.Read"/>: a page is
/// reported until its content was read in that way. One thread at a time; pages may be read in the meantime.
/// </remarks>
public sealed class SharedObjectTracker : IDisposable
{
    /// <summary>Looking through all descriptors takes milliseconds where there are thousands.</summary>
    private static readonly TimeSpan SearchedEvery = TimeSpan.FromMilliseconds(300);

    private readonly SharedWriteWatch? _writes;
    private readonly ILogger _logger = NullLogger.Instance;
    private readonly ObjectFinder _finder = new();
    private readonly HashSet<int> _searched = [];
    private readonly List<SharedObject> _ended = [];
    private SharedObject[] _objects = [];
    private long _searchedAt;
    private int _nextId = SharedObject.FirstId;

    /// <summary>Compares all of each object in each look.</summary>
    public SharedObjectTracker()
    {
    }

    /// <summary>Compares only what can have been written, where the tracker of the private memory write-protects the processes and the kernel tells enough; else as without it.</summary>
    /// <param name="processes">Tracks the private memory of the same processes. It must have looked at them before each look of this one.</param>
    /// <param name="loggerFactory">Receives events 2000 to 2099; null for none.</param>
    public SharedObjectTracker(IPageTracker processes, ILoggerFactory? loggerFactory = null)
        : this(processes, static () => MemoryEventWatch.TryOpen(), SharedWriteWatch.LeastBytes)
    {
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.PageTracking");
    }

    internal SharedObjectTracker(IPageTracker processes, Func<MemoryEventWatch?> openEvents, long leastBytes) =>
        _writes = processes is IProtectedProcesses protections ? new SharedWriteWatch(protections, openEvents, leastBytes) : null;

    /// <summary>The objects known now; a list of its own after each change.</summary>
    public IReadOnlyList<SharedObject> Objects => _objects;

    /// <summary>The pages that the last comparisons of all objects have read.</summary>
    public long ComparedPages => _objects.Sum(static known => known.Comparison.ComparedPages);

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

        long started = Stopwatch.GetTimestamp();
        _writes?.Look(processIds, _objects);
        foreach (SharedObject known in _objects)
        {
            ProcessPages pages = dirty.Of(known.Id);
            known.Refresh();
            if (known.Comparison.IsDue(known.Suspects))
            {
                Compare(known, pages, started, cancellationToken);
            }
        }
    }

    /// <summary>Adds every page whose content is not what was copied last, in the objects that are known. Exact when no one writes.</summary>
    /// <param name="processIds">The processes of the tree, which must be frozen.</param>
    /// <param name="dirty">Receives the pages, until the task ends.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>It runs beside the caller. The tracker of the private memory may look again in the meantime.</returns>
    public Task CollectAllAsync(IReadOnlyCollection<int> processIds, PageSet dirty, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(processIds);
        ArgumentNullException.ThrowIfNull(dirty);
        IReadOnlyList<(int, WriteProtection?)>? processes = _writes?.Resolve(processIds);
        return Task.Run(
            () =>
            {
                long started = Stopwatch.GetTimestamp();
                _writes?.LookLast(processes!);
                foreach (SharedObject known in _objects)
                {
                    Compare(known, dirty.Of(known.Id), started, cancellationToken);
                }
            },
            cancellationToken);
    }

    /// <summary>Takes the sizes of all objects as they are now.</summary>
    public void Refresh() => Array.ForEach(_objects, static known => known.Refresh());

    /// <summary>An object by its number; null when it is gone.</summary>
    /// <param name="id">The number.</param>
    public SharedObject? Find(int id) => Array.Find(Volatile.Read(ref _objects), known => known.Id == id);

    internal SharedWriteDoubt DoubtOf(SharedObject known) => _writes?.DoubtOf(known) ?? SharedWriteDoubt.Unknown;

    /// <inheritdoc/>
    public void Dispose()
    {
        _writes?.Dispose();
        foreach (SharedObject known in _objects.Concat(_ended))
        {
            known.Dispose();
        }

        (_objects, _searchedAt) = ([], 0);
        _ended.Clear();
    }

    private void Compare(SharedObject known, ProcessPages pages, long started, CancellationToken cancellationToken)
    {
        if (_writes?.IsKnown(known) != true)
        {
            known.Suspects.AddAll();
        }

        known.Comparison.Run(known.Size, known.Suspects, pages, cancellationToken);
        if (_writes is not null && _logger.IsEnabled(LogLevel.Debug))
        {
            Log.SharedCompared(_logger, known.Id, known.Size >> PageSize.Shift, known.Comparison.ComparedPages, pages.PageCount, Stopwatch.GetElapsedTime(started).TotalMilliseconds, DoubtOf(known));
        }
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
            else
            {
                continue;
            }

            if (found.IsOpen || !_finder.HasSeenAll)
            {
                objects[^1].NoteOpen();
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
