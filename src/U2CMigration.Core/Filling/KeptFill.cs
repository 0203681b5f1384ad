using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Guardians;
using U2CMigration.Core.Interop;
using U2CMigration.Core.PageStores;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.LazyPages.Handover;

namespace U2CMigration.Core.Filling;

/// <summary>
/// What restored processes depend on until they have all their pages, kept in two processes of ours beside this one: while one of the three lives, a touch waits and reads no zeros. The holder waits
/// for a successor of this process. The warden does as well, and ends the workload when it is the last of them.
/// </summary>
internal sealed class KeptFill : IDescriptorHolder, IDisposable
{
    /// <summary>Address space; memory is taken as it is written, 32 bytes for each change of the memory map.</summary>
    private const long LogBytes = 256L << 20;

    /// <summary>Anyone who kills more means it.</summary>
    private const int MostReplacements = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, SafeFileHandle> _members = [];
    private readonly FillMarker _marker;
    private IReadOnlyList<string> _groups;
    private readonly SafeFileHandle _logFile;
    private readonly MemoryMapping _logMemory;
    private readonly EventLog _log;
    private readonly List<FoundHolder> _predecessors = [];
    private SafeHandle[] _memory = [];
    private FillHolder? _holder;
    private FillHolder? _warden;
    private long _generation;
    private int _replacements;
    private bool _isOver;
    private bool _isLeft;

    private unsafe KeptFill(FillMarker marker, IReadOnlyList<string> groups, SafeFileHandle logFile)
    {
        (_marker, _groups, _logFile) = (marker, groups, logFile);
        _logMemory = MemoryMapping.OfFile(_logFile, RandomAccess.GetLength(_logFile));
        _log = new EventLog((nint)_logMemory.Start, RandomAccess.GetLength(_logFile));
        Record = new ServingRecord(_log, this);
    }

    /// <summary>What the serving thread writes to.</summary>
    public ServingRecord Record { get; }

    /// <summary>Begins, before there is a process; takes milliseconds.</summary>
    /// <param name="marker">Where it is said that pages may be missing.</param>
    /// <param name="groups">The control groups of the processes.</param>
    /// <exception cref="IOException">A process cannot be started.</exception>
    public static KeptFill Start(FillMarker marker, IReadOnlyList<string> groups)
    {
        marker.Create();
        var kept = new KeptFill(marker, groups, Memfd.Create("u2c-fill-log\0"u8, LogBytes));
        try
        {
            kept.Renew();
            return kept;
        }
        catch
        {
            kept.Dispose();
            throw;
        }
    }

    /// <summary>Continues with what a program has left that was killed; <see cref="Renew"/> then makes it this one's own.</summary>
    /// <param name="marker">Says that pages may be missing.</param>
    /// <param name="groups">The control groups of the processes.</param>
    /// <param name="found">What was found; taken over.</param>
    /// <param name="others">Other holders of the same.</param>
    public static KeptFill TakeOver(FillMarker marker, IReadOnlyList<string> groups, FoundHolder found, IEnumerable<FoundHolder> others)
    {
        var kept = new KeptFill(marker, groups, found.Log!) { _memory = [found.Log!, found.Store!, found.Book!], _generation = found.Generation };
        foreach (FoundHolder other in others)
        {
            // The same descriptors once more: nothing would tell that they are open.
            other.CloseCopies();
            kept._predecessors.Add(other);
        }

        kept._predecessors.Add(found);
        foreach ((int member, SafeFileHandle descriptor) in found.Members)
        {
            kept._members.Add(member, descriptor);
        }

        return kept;
    }

    /// <summary>Adds what the pages are, when all have arrived and none was given to a process.</summary>
    public void Describe(IReadOnlyList<LazyTask> tasks, PageStore store)
    {
        byte[] book = new FillBook(tasks, store.Describe(tasks.Select(static task => task.ProcessId).ToHashSet())).ToBytes();
        SafeFileHandle file = Memfd.Create("u2c-fill-book\0"u8, book.Length);
        RandomAccess.Write(file, book, 0);
        lock (_lock)
        {
            _memory = [_logFile, store.File, file];
            SendMemory(_holder);
            SendMemory(_warden);
        }
    }

    /// <inheritdoc/>
    public void Hold(int member, SafeFileHandle descriptor)
    {
        lock (_lock)
        {
            _members[member] = descriptor;
            if (_holder is { } holder && !(TrySend(holder, member, descriptor) & TrySend(_warden!, member, descriptor)))
            {
                // One was killed, or has too many of the past.
                TryRenew();
            }
        }
    }

    /// <inheritdoc/>
    public void Forget(int member)
    {
        lock (_lock)
        {
            _members.Remove(member);
        }
    }

    /// <inheritdoc/>
    public bool TryLetGo(IReadOnlyList<int> members)
    {
        lock (_lock)
        {
            var without = new List<KeyValuePair<int, SafeFileHandle>>();
            foreach (int member in members)
            {
                if (_members.Remove(member, out SafeFileHandle? descriptor))
                {
                    without.Add(new(member, descriptor));
                }
            }

            if (TryRenew())
            {
                return true;
            }

            without.ForEach(one => _members.Add(one.Key, one.Value));
            return false;
        }
    }

    /// <summary>Has the warden know the control groups in which the processes are in the end, where CRIU has put them into others.</summary>
    public void Watch(IReadOnlyList<string> groups)
    {
        lock (_lock)
        {
            if (!_isOver && !groups.SequenceEqual(_groups))
            {
                _groups = groups;
                TryRenew();
            }
        }
    }

    /// <inheritdoc/>
    public bool TryFinish()
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                if (!_marker.TryComplete())
                {
                    return false;
                }

                End();
            }

            return true;
        }
    }

    /// <summary>Puts all together in new processes, and ends those before.</summary>
    /// <exception cref="IOException">They cannot be started.</exception>
    public void Renew()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _generation++;
            (FillHolder? holder, FillHolder? warden) = (_holder, _warden);
            FillHolder newWarden = StartOne(FillHolder.WardenName);
            try
            {
                _holder = StartOne(FillHolder.Name);
            }
            catch
            {
                newWarden.Dispose();
                throw;
            }

            _warden = newWarden;
            SendMemory(_holder);
            SendLifeline();
            SendMemory(_warden);
            warden?.Dispose();
            holder?.Dispose();
            EndPredecessors();
        }
    }

    /// <summary>Leaves all to a successor: what is missing cannot be given by this program.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _isOver = _isLeft = true;
        }
    }

    /// <summary>Ends it, unless it was left. Only when no process depends on it any more, and no thread serves.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isLeft)
            {
                return;
            }

            if (!_isOver)
            {
                End();
            }

            _logMemory.Dispose();
            _logFile.Dispose();
            if (_memory is [_, _, var book])
            {
                book.Dispose();
            }
        }
    }

    private void End()
    {
        _isOver = true;
        _warden?.Dispose();
        _holder?.Dispose();
        EndPredecessors();
        _marker.Remove();
    }

    private void EndPredecessors()
    {
        _predecessors.ForEach(static one => one.End());
        _predecessors.Clear();
    }

    private bool TryRenew()
    {
        try
        {
            Renew();
            return true;
        }
        catch (IOException)
        {
            // What is there stays, with more than it needs or less: less is found out by a successor.
            return false;
        }
    }

    private FillHolder StartOne(string name)
    {
        GuardianScript settled = new GuardianScript().Rename(_marker.Path, _marker.CompletePath);
        FillHolder holder = FillHolder.Start(name, _marker.MigrationId, name == FillHolder.WardenName ? new GuardianScript().EndGroups(_groups) : new GuardianScript(), settled);
        holder.TrySend(new HeldLabel(HeldKind.Owner, 0, _generation, _marker.MigrationId));
        foreach ((int member, SafeFileHandle descriptor) in _members)
        {
            TrySend(holder, member, descriptor);
        }

        holder.Ended.ContinueWith(_ => Replace(holder), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return holder;
    }

    private bool TrySend(FillHolder holder, int member, SafeFileHandle descriptor) =>
        holder.TrySend(new HeldLabel(HeldKind.Member, member, _generation, _marker.MigrationId), descriptor);

    /// <summary>The last that one is given when it is started: the warden has to have a lifeline by then, or it would find itself alone.</summary>
    private void SendMemory(FillHolder? holder)
    {
        if (_memory.Length > 0)
        {
            holder?.TrySend(new HeldLabel(HeldKind.Memory, 0, _generation, _marker.MigrationId), _memory);
            holder?.TrySend(new HeldLabel(HeldKind.Complete, 0, _generation, _marker.MigrationId));
        }
    }

    /// <summary>The warden is not alone while the holder lives.</summary>
    private void SendLifeline() => _holder!.TrySend(new HeldLabel(HeldKind.Lifeline, 0, _generation, _marker.MigrationId), _warden!.End);

    private void Replace(FillHolder killed)
    {
        lock (_lock)
        {
            if (_isOver || (killed != _holder && killed != _warden) || _replacements++ >= MostReplacements)
            {
                return;
            }

            try
            {
                if (killed == _holder)
                {
                    _holder = StartOne(FillHolder.Name);
                    SendMemory(_holder);
                    SendLifeline();
                }
                else
                {
                    _warden = StartOne(FillHolder.WardenName);
                    SendLifeline();
                    SendMemory(_warden);
                }

                killed.Dispose();
            }
            catch (IOException)
            {
                // Nothing can be started any more; this process and the other one still hold.
            }
        }
    }
}
