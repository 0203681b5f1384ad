using U2CMigration.Core.Committing;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Committing.Simulation;

/// <summary>A sender around the real commit: it waits for the restore, commits, is in doubt, dies and is started again.</summary>
internal sealed class SimulatedSource(World world, SimulatedDestination destination) : ISourceJournal, IFrozenOriginal
{
    private readonly Dictionary<Guid, JournalEntry> _journal = [];
    private SourceCommit? _commit;
    private bool _isInsured;
    private bool _isDead;
    private bool _isDone;
    private bool _mustAsk;

    /// <summary>Whether it has told its user that only the right receiver can say more.</summary>
    public bool SaidNotKnown { get; private set; }

    public void Write(JournalEntry entry)
    {
        if (world.Chance(0.03))
        {
            world.Note("the source's disk is full");
            throw new IOException("No space left on device.");
        }

        world.Act("journal", () =>
        {
            if (world.Defect != Defect.NoJournal)
            {
                _journal[entry.MigrationId] = entry;
            }
        });
    }

    public void Remove(Guid migrationId) => world.Act("journal closed", () => _journal.Remove(migrationId));

    public IReadOnlyList<JournalEntry> Read() => [.. _journal.Values];

    public void Insure() => world.Act("insured", () => _isInsured = true);

    public Task RollBackAsync()
    {
        world.Act("thawed the original", () => world.Set(OriginalState.Runs));
        return Task.CompletedTask;
    }

    public Task KillAsync()
    {
        world.Act("killed the original", () => world.Set(OriginalState.Gone));
        return Task.CompletedTask;
    }

    public void Step()
    {
        if (_isDead)
        {
            Start();
        }
        else if (world.Chance(0.04))
        {
            Die("the sender was killed");
        }
        else if (!_isDone)
        {
            Guard(Continue);
        }
    }

    private void Continue()
    {
        if (_mustAsk)
        {
            Ask();
            return;
        }

        switch (destination.Receive())
        {
            case Restored when _commit is null:
                if (world.Defect == Defect.JournalAfterCommit)
                {
                    Send();
                }

                _commit = SourceCommit.Begin(this, Entry(), this);
                Send();
                break;
            case Resumed:
                Settle(DestinationVerdict.Runs);
                break;
            case Abort when _commit is not null:
                Settle(DestinationVerdict.DoesNotRun);
                break;
            case Abort:
                GiveUp();
                break;
            case null when !destination.IsConnected || world.Chance(0.05):
                world.Note("the sender lost the destination, or has no patience any more");
                destination.BreakConnection();
                if (_commit is null)
                {
                    GiveUp();
                }
                else
                {
                    _mustAsk = true;
                }

                break;
        }
    }

    private void Send() => world.Act("said Commit", () => destination.Send(new Commit()));

    private void Ask()
    {
        if (destination.Ask() is not { } answer)
        {
            return;
        }

        DestinationVerdict verdict = _commit!.Hear(answer);
        if (verdict == DestinationVerdict.NotKnown && world.Defect == Defect.UnknownIsTakenForGone)
        {
            verdict = DestinationVerdict.DoesNotRun;
        }

        switch (verdict)
        {
            case DestinationVerdict.NotKnown:
                SaidNotKnown = true;
                break;
            case DestinationVerdict.Runs or DestinationVerdict.DoesNotRun:
                Settle(verdict);
                break;
        }
    }

    private void Settle(DestinationVerdict verdict)
    {
        _commit!.SettleAsync(verdict).GetAwaiter().GetResult();
        _isDone = true;
    }

    private void GiveUp()
    {
        RollBackAsync();
        _isDone = true;
    }

    private void Start()
    {
        (_isDead, _commit, _mustAsk) = (false, null, false);
        world.Note("a sender starts");
        foreach (JournalEntry entry in Read())
        {
            _commit = SourceCommit.Continue(this, entry, this);
            _mustAsk = true;
        }

        _isDone = !_mustAsk;
    }

    private void Die(string how)
    {
        _isDead = true;
        destination.BreakConnection();
        world.Note(how);
        if (!_isInsured && world.Original == OriginalState.Frozen)
        {
            // The guardian, which the insurance ends.
            world.Set(OriginalState.Runs);
        }
    }

    private void Guard(Action part)
    {
        try
        {
            part();
        }
        catch (CrashException)
        {
            Die("the sender died in the middle");
        }
        catch (IOException)
        {
            // The journal: nothing is committed.
            destination.BreakConnection();
            GuardedGiveUp();
        }
    }

    private void GuardedGiveUp()
    {
        try
        {
            GiveUp();
        }
        catch (CrashException)
        {
            Die("the sender died while it gave up");
        }
    }

    private JournalEntry Entry() => new()
    {
        MigrationId = world.MigrationId,
        BootId = Guid.Empty,
        RootProcessId = 1,
        StartTime = 1,
        Destination = "b:1",
        Ledger = destination.Accepted,
    };
}
