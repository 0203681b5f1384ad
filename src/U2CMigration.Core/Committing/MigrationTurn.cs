using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Committing;

/// <summary>A migration on which this receiver works: the gate through which it is committed or given up, and never both.</summary>
internal sealed class MigrationTurn : IDisposable
{
    private readonly IMigrationRecords _records;
    private readonly IDisposable _claim;
    private readonly Action<Guid> _ended;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MigrationRecord _record;
    private bool _isCommitted;
    private bool _isGivenUp;
    private volatile bool _isThawed;

    internal MigrationTurn(Guid migrationId, IMigrationRecords records, Guid bootId, IDisposable claim, Action<Guid> ended)
    {
        MigrationId = migrationId;
        (_records, _claim, _ended) = (records, claim, ended);
        _record = new MigrationRecord { State = MigrationState.Receiving, BootId = bootId };
    }

    public Guid MigrationId { get; }

    /// <summary>Where it stands. That it runs is said when it does: a receiver that dies in between may be followed by one with another ledger, which lets nothing run.</summary>
    public MigrationState State => Volatile.Read(ref _record) is { State: MigrationState.Resumed } && !_isThawed ? MigrationState.Restored : Volatile.Read(ref _record).State;

    /// <summary>Is cancelled when somebody has asked to give it up.</summary>
    public CancellationToken AbortRequested => _abort.Token;

    /// <summary>Completes when it is over, one way or the other.</summary>
    public Task Ended => _end.Task;

    /// <summary>Writes down where its processes will be, before there is any.</summary>
    /// <param name="groups">The control groups.</param>
    /// <param name="removalCommand">Removes what the owner of the tree makes for it.</param>
    public void Receive(IReadOnlyList<string> groups, IReadOnlyList<string>? removalCommand = null) => Write(_record with { Groups = groups, RemovalCommand = removalCommand ?? [] });

    /// <summary>Writes down that it is complete and will not run before it is resumed.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Hold(IReadOnlyList<string> groups, int rootProcessId, ulong startTime) =>
        Write(_record with { State = MigrationState.Restored, Groups = groups, RootProcessId = rootProcessId, StartTime = startTime });

    /// <summary>Commits to it before it can be resumed, which then has to follow.</summary>
    /// <returns>False where it was given up before.</returns>
    /// <exception cref="IOException">It cannot be written, so it is not committed.</exception>
    public bool TryCommit() => TryEnter(MigrationState.Committed);

    /// <summary>Commits to it and lets it run. Whatever happens from the return of the record on, it runs: another receiver would thaw it again.</summary>
    /// <param name="thaw">Lets the processes run; nothing is needed for it that could fail.</param>
    /// <returns>False where it was given up before.</returns>
    /// <exception cref="IOException">It cannot be written, so it is not committed.</exception>
    public bool TryResume(Action thaw)
    {
        if (!TryEnter(MigrationState.Resumed))
        {
            return false;
        }

        thaw();
        _isThawed = true;
        return true;
    }

    /// <summary>Notes that it runs, so that no one thaws it again.</summary>
    public void NoteThawed()
    {
        try
        {
            Write(_record with { IsThawed = true });
        }
        catch (IOException)
        {
            // Thawing what runs does nothing.
        }
    }

    /// <summary>Writes down that it was given up. All its processes have been seen dead by now.</summary>
    /// <exception cref="IOException">It cannot be written; what was written before leads to the same.</exception>
    public void Abort()
    {
        lock (_gate)
        {
            if (_record.State == MigrationState.Resumed)
            {
                throw new InvalidOperationException("A workload that was resumed cannot be given up.");
            }

            _isGivenUp = true;
        }

        Write(_record with { State = MigrationState.Aborted });
    }

    /// <summary>Asks to give it up.</summary>
    /// <returns>False where it is committed already.</returns>
    public bool RequestAbort()
    {
        lock (_gate)
        {
            if (_isCommitted)
            {
                return false;
            }

            _isGivenUp = true;
        }

        _abort.Cancel();
        return true;
    }

    public void Dispose()
    {
        _claim.Dispose();
        _ended(MigrationId);
        _end.TrySetResult();
    }

    private bool TryEnter(MigrationState state)
    {
        lock (_gate)
        {
            if (_isGivenUp)
            {
                return false;
            }

            _isCommitted = true;
        }

        try
        {
            Write(_record with { State = state });
            return true;
        }
        catch (IOException)
        {
            lock (_gate)
            {
                _isCommitted = _record.State == MigrationState.Committed;
            }

            throw;
        }
    }

    private void Write(MigrationRecord record)
    {
        _records.Write(MigrationId, record);
        Volatile.Write(ref _record, record);
    }
}
