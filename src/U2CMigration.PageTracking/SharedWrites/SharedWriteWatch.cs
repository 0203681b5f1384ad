using System.Diagnostics;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.MemoryEvents;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.SharedObjects;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.SharedWrites;

/// <summary>Tells by write-protection which pages of shared memory may have been written, so that the others need not be compared.</summary>
/// <remarks>
/// Watched is shared memory of which no one has a descriptor: anonymous memory, and memory files that are only mapped. Written pages are those that any mapping of the tree marks, and those that a mapping in this process has lost. That is all, provided that
/// every mapping is known and was registered all the time; whatever may make another one (a fork, above all, whose child may have ended by now) is told by the kernel, and makes everything suspect.
/// </remarks>
internal sealed class SharedWriteWatch(IProtectedProcesses protections, Func<MemoryEventWatch?> openEvents, long leastBytes) : IDisposable
{
    /// <summary>Smaller objects are compared faster than watched.</summary>
    internal const long LeastBytes = 16 << 20;

    /// <summary>While the processes run, at most a fifth of the time is spent on it.</summary>
    private const int PauseFactor = 4;

    private readonly PagemapScanner _scanner = new(KernelFeatures.Probe());
    private readonly Dictionary<int, WatchedObject> _watched = [];
    private MemoryEventWatch? _events;
    private MemoryEventSet _notJudged = new();
    private bool _isRefused;
    private long _endedAt;
    private TimeSpan _duration;

    /// <summary>The processes of the tree and their protections, which later looks of a tracker may change.</summary>
    internal IReadOnlyList<(int ProcessId, WriteProtection? Protection)> Resolve(IEnumerable<int> processIds) =>
        [.. processIds.Select(processId => (processId, protections.ProtectionOf(processId)))];

    /// <summary>Whether only the suspect pages of an object need to be compared.</summary>
    internal bool IsKnown(SharedObject shared) => MayBeKnown(shared) && _watched.TryGetValue(shared.Id, out WatchedObject? watched) && watched.IsKnown;

    /// <summary>Why an object has to be compared as a whole.</summary>
    internal SharedWriteDoubt DoubtOf(SharedObject shared) =>
        !MayBeKnown(shared) ? SharedWriteDoubt.Open : _watched.TryGetValue(shared.Id, out WatchedObject? watched) ? watched.Doubt : SharedWriteDoubt.Unknown;

    /// <summary>Finds suspect pages while the processes run, unless that was done a short time ago: what was written since is found later.</summary>
    /// <param name="processIds">The processes of the tree.</param>
    /// <param name="objects">The objects that it has.</param>
    internal void Look(IReadOnlyCollection<int> processIds, IReadOnlyList<SharedObject> objects)
    {
        Follow(objects);
        if (_watched.Count == 0 || (_endedAt != 0 && Stopwatch.GetElapsedTime(_endedAt) < _duration * PauseFactor))
        {
            return;
        }

        long started = Stopwatch.GetTimestamp();
        bool isFirst = _endedAt == 0;
        MemoryEventSet events = TakeAll();
        MemoryEventSet since = Scan(Resolve(processIds), isLast: false);
        events.Add(since);
        foreach (WatchedObject watched in _watched.Values)
        {
            watched.Judge(events);
        }

        LearnAnew(processIds, since);
        _endedAt = Stopwatch.GetTimestamp();

        // The first one has registered everything, which tells nothing of the next.
        _duration = isFirst ? TimeSpan.Zero : Stopwatch.GetElapsedTime(started, _endedAt);
    }

    /// <summary>Finds suspect pages in a frozen tree.</summary>
    /// <param name="processes">Of <see cref="Resolve"/>.</param>
    internal void LookLast(IReadOnlyList<(int ProcessId, WriteProtection? Protection)> processes)
    {
        if (!_watched.Values.Any(static watched => watched.IsKnown))
        {
            return;
        }

        MemoryEventSet events = TakeAll();
        events.Add(Scan(processes, isLast: true));
        foreach (WatchedObject watched in _watched.Values)
        {
            watched.Judge(events);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (WatchedObject watched in _watched.Values)
        {
            watched.Dispose();
        }

        _watched.Clear();
        _events?.Dispose();
        _events = null;
    }

    /// <summary>No one can open what has no name, and of which no one has a descriptor.</summary>
    private static bool MayBeKnown(SharedObject shared) => shared.Kind is SharedObjectKind.Anonymous or SharedObjectKind.MemoryFile && !shared.WasOpen;

    private static bool TryReadAreas(
        IReadOnlyList<(int ProcessId, WriteProtection? Protection)> processes, Dictionary<((uint Major, uint Minor) Device, ulong Inode), List<SharedArea>> areas)
    {
        bool any = true;
        foreach ((int processId, WriteProtection? protection) in processes)
        {
            try
            {
                SharedAreas.AddTo(processId, protection, areas);
            }
            catch (PageTrackingException e)
            {
                // One that has ended maps nothing; it is missed where it was known.
                any &= e.IsProcessGone;
            }
        }

        return any;
    }

    private void Follow(IReadOnlyList<SharedObject> objects)
    {
        foreach (int gone in _watched.Keys.Where(id => !objects.Any(shared => shared.Id == id && MayBeKnown(shared))).ToArray())
        {
            _watched[gone].Dispose();
            _watched.Remove(gone);
        }

        foreach (SharedObject shared in objects)
        {
            if (_watched.ContainsKey(shared.Id))
            {
                continue;
            }

            if (MayBeKnown(shared) && shared.Size >= leastBytes && TryOpenEvents() && shared.TryMap() is { } own)
            {
                _watched.Add(shared.Id, new WatchedObject(shared, own));
            }
        }
    }

    private bool TryOpenEvents()
    {
        if (_events is null && !_isRefused)
        {
            _events = openEvents();
            _isRefused = _events is null;
        }

        return _events is not null;
    }

    private MemoryEventSet TakeAll()
    {
        MemoryEventSet events = _events!.Take();
        events.Add(_notJudged);
        _notJudged = new MemoryEventSet();
        return events;
    }

    /// <returns>What has happened since before the mappings were read.</returns>
    private MemoryEventSet Scan(IReadOnlyList<(int ProcessId, WriteProtection? Protection)> processes, bool isLast)
    {
        foreach (WatchedObject watched in _watched.Values)
        {
            watched.Areas.Clear();
        }

        bool isRead = TryReadAreas(processes, _watched.Values.ToDictionary(static watched => watched.Shared.Key, static watched => watched.Areas));
        foreach (WatchedObject watched in _watched.Values.Where(watched => !isLast || watched.IsKnown))
        {
            watched.Scan(_scanner, isLast);
        }

        MemoryEventSet events = _events!.Take();
        events.IsIncomplete |= !isRead;
        return events;
    }

    /// <summary>Where something was in doubt, or is new: looks whether no one outside the tree maps the object or has it open, and takes what was scanned for the whole.</summary>
    private void LearnAnew(IReadOnlyCollection<int> processIds, MemoryEventSet since)
    {
        WatchedObject[] candidates = [.. _watched.Values.Where(static watched => !watched.IsKnown && watched.IsScanned)];
        bool areFiles = candidates.Any(static watched => watched.Shared.Kind == SharedObjectKind.MemoryFile);
        if (candidates.Length == 0 || (areFiles && Descriptors.AreInFlight(processIds))
            || Outsiders.Find(processIds, [.. candidates.Select(static watched => watched.Shared.Key)], areFiles) is not { } outside)
        {
            return;
        }

        // The other objects are judged by it in the next look.
        _notJudged = _events!.Take();
        since.Add(_notJudged);
        foreach (WatchedObject watched in candidates.Where(watched => !outside.Contains(watched.Shared.Key)))
        {
            watched.TryKnow(since);
        }
    }
}
