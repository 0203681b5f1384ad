using System.Collections.Concurrent;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Committing;

/// <summary>
/// What became of each migration to this host: answers that can be believed. An id is used once, states only go forward, <see cref="MigrationState.Aborted"/> is written when every restored process
/// was seen dead, and <see cref="MigrationState.Resumed"/> before the first of them executes an instruction.
/// </summary>
internal sealed class MigrationLedger(IMigrationRecords records, IRestoredTrees trees, LedgerIdentity identity)
{
    private static readonly TimeSpan KeepGivenUp = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeepEnded = TimeSpan.FromDays(7);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, MigrationTurn> _live = [];
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _questions = [];

    /// <summary>What tells this ledger from every other one.</summary>
    public LedgerIdentity Identity => identity;

    /// <summary>Begins to work on a migration; nothing is written yet.</summary>
    /// <param name="migrationId">The migration.</param>
    /// <param name="refusal">Why not, a sentence.</param>
    /// <returns>Its turn, to be disposed when it has ended; null where the id was used before.</returns>
    public MigrationTurn? TryBegin(Guid migrationId, out string refusal)
    {
        lock (_lock)
        {
            if (_live.ContainsKey(migrationId) || records.TryClaim(migrationId) is not { } claim)
            {
                refusal = "This migration is under way already.";
                return null;
            }

            if (records.Read(migrationId) is { } known)
            {
                claim.Dispose();
                refusal = $"A migration of this identity was here before, and its outcome stands ({known.State}): start another one.";
                return null;
            }

            var turn = new MigrationTurn(migrationId, records, identity.BootId, claim, End);
            _live.Add(migrationId, turn);
            refusal = string.Empty;
            return turn;
        }
    }

    /// <summary>Settles by action what a receiver has left that died: what was not committed is ended, what was committed runs.</summary>
    /// <returns>The migrations that were settled, and how.</returns>
    public IReadOnlyList<(Guid MigrationId, MigrationState State)> Recover()
    {
        var settled = new List<(Guid, MigrationState)>();
        foreach (Guid migrationId in records.List())
        {
            lock (_lock)
            {
                if (!_live.ContainsKey(migrationId) && records.TryClaim(migrationId) is { } claim)
                {
                    using (claim)
                    {
                        if (records.Read(migrationId) is not { } record)
                        {
                            continue;
                        }

                        if (Settle(migrationId, record))
                        {
                            settled.Add((migrationId, records.Read(migrationId)!.State));
                        }

                        trees.CleanUp(record);
                    }
                }
            }
        }

        return settled;
    }

    /// <summary>Whether the workload of a migration is committed to run on this host, in this boot.</summary>
    public bool RunsHere(Guid migrationId)
    {
        lock (_lock)
        {
            return records.Read(migrationId) is { State: MigrationState.Resumed } record && record.BootId == identity.BootId;
        }
    }

    /// <summary>What is written down of a workload that is committed to run on this host, in this boot; null of any other.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public MigrationRecord? FindRunning(Guid migrationId)
    {
        lock (_lock)
        {
            return records.Read(migrationId) is { State: MigrationState.Resumed } record && record.BootId == identity.BootId ? record : null;
        }
    }

    /// <summary>Says what became of a migration.</summary>
    /// <param name="migrationId">The migration.</param>
    /// <param name="abortUnlessCommitted">Gives it up first, unless it is committed.</param>
    /// <param name="cancellationToken">Ends the waiting for that.</param>
    /// <exception cref="IOException">It cannot be found out now; nothing follows from that.</exception>
    public async Task<MigrationState> AnswerAsync(Guid migrationId, bool abortUnlessCommitted, CancellationToken cancellationToken)
    {
        MigrationTurn? live;
        lock (_lock)
        {
            live = _live.GetValueOrDefault(migrationId);
        }

        if (live is not null && abortUnlessCommitted && live.RequestAbort())
        {
            await live.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        lock (_lock)
        {
            return _live.TryGetValue(migrationId, out live) ? live.State : Look(migrationId);
        }
    }

    /// <summary>Notes that the source of a migration knows its outcome.</summary>
    public void NoteAnswered(Guid migrationId)
    {
        QuestionAbout(migrationId).TrySetResult();
        lock (_lock)
        {
            if (records.Read(migrationId) is { IsFinal: true, IsAnswered: false } record)
            {
                try
                {
                    records.Write(migrationId, record with { IsAnswered = true });
                }
                catch (IOException)
                {
                    // It is kept longer than it has to be.
                }
            }
        }
    }

    /// <summary>Waits until the source of a migration has had its answer.</summary>
    public Task WaitForQuestionAsync(Guid migrationId, CancellationToken cancellationToken) => QuestionAbout(migrationId).Task.WaitAsync(cancellationToken);

    /// <summary>
    /// Removes records that are of no use any more: of a migration that was given up, after an hour, as not having heard of it leads to the same; and of one whose source knows the outcome, a week after
    /// its workload has ended.
    /// </summary>
    public void RemoveOld()
    {
        foreach (Guid migrationId in records.List())
        {
            lock (_lock)
            {
                if (!_live.ContainsKey(migrationId) && records.Read(migrationId) is { } record && IsOld(record, records.AgeOf(migrationId)))
                {
                    records.Remove(migrationId);
                }
            }
        }
    }

    private bool IsOld(MigrationRecord record, TimeSpan age) => record.State switch
    {
        MigrationState.Aborted => age > KeepGivenUp,
        MigrationState.Resumed => record.IsAnswered && age > KeepEnded && (record.BootId != identity.BootId || !trees.IsAlive(record)),
        _ => false,
    };

    /// <summary>Under the lock, of a migration on which this program does not work.</summary>
    private MigrationState Look(Guid migrationId)
    {
        using IDisposable? claim = records.TryClaim(migrationId);
        MigrationRecord? record = records.Read(migrationId);
        if (claim is null)
        {
            // Another receiver works on it. That it runs is said when it does.
            return record is null ? MigrationState.Receiving : record is { State: MigrationState.Resumed, IsThawed: false } ? MigrationState.Restored : record.State;
        }

        if (record is null)
        {
            // Not heard of, and from now on it never will be: what was sent long ago may still arrive.
            records.Write(migrationId, new MigrationRecord { State = MigrationState.Aborted, BootId = identity.BootId });
            return MigrationState.Aborted;
        }

        Settle(migrationId, record);
        return records.Read(migrationId)!.State;
    }

    private bool Settle(Guid migrationId, MigrationRecord record)
    {
        bool isOfThisBoot = record.BootId == identity.BootId;
        switch (record)
        {
            case { State: MigrationState.Resumed, IsThawed: false } when isOfThisBoot:
                trees.Thaw(record);
                records.Write(migrationId, record with { IsThawed = true });
                return true;
            case { IsFinal: false }:
                if (isOfThisBoot)
                {
                    trees.Kill(record);
                }

                // Also after another boot: what an owner has noted outlives that.
                trees.Forget(record);
                records.Write(migrationId, record with { State = MigrationState.Aborted });
                return true;
            default:
                return false;
        }
    }

    private void End(Guid migrationId)
    {
        lock (_lock)
        {
            _live.Remove(migrationId);
        }
    }

    private TaskCompletionSource QuestionAbout(Guid migrationId) =>
        _questions.GetOrAdd(migrationId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
