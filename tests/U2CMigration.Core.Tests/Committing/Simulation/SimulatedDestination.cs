using U2CMigration.Core.Committing;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Tests.Committing.Simulation;

/// <summary>A receiver around the real ledger: it restores, freezes, answers, dies and is started again.</summary>
internal sealed class SimulatedDestination : IRestoredTrees
{
    private const string Group = "group";

    private readonly World _world;
    private readonly Queue<MigrationMessage> _toSource = [];
    private readonly Queue<MigrationMessage> _fromSource = [];
    private MemoryRecords _records;
    private LedgerIdentity _identity;
    private MigrationLedger? _ledger;
    private MigrationTurn? _turn;
    private bool _isConnected = true;
    private bool _isGuarded = true;
    private bool _isCriuDead;

    public SimulatedDestination(World world)
    {
        _world = world;
        _records = new MemoryRecords(world);
        _identity = Identity(1, 1);
        _ledger = new MigrationLedger(_records, this, _identity);
        _turn = _ledger.TryBegin(world.MigrationId, out _);
        Accepted = _identity;
    }

    /// <summary>The ledger that was named when the offer was accepted.</summary>
    public LedgerIdentity Accepted { get; }

    /// <summary>Whether the connection of the migration is open.</summary>
    public bool IsConnected => _isConnected;

    public void Thaw(MigrationRecord record)
    {
        if (_world.Copy == CopyState.Frozen)
        {
            _world.Act("thawed", () => _world.Set(CopyState.Runs));
        }
    }

    public void Kill(MigrationRecord record)
    {
        if (!record.Groups.Contains(Group))
        {
            return;
        }

        if (_world.Copy == CopyState.Runs && !_isCriuDead)
        {
            _world.Fail("a copy that has run was ended");
        }

        _world.Act("killed the copy", () => _world.Set(CopyState.None));
    }

    public void CleanUp(MigrationRecord record)
    {
    }

    public bool IsAlive(MigrationRecord record) => _world.Copy != CopyState.None;

    public void Send(MigrationMessage message)
    {
        if (_isConnected)
        {
            _fromSource.Enqueue(message);
        }
    }

    public MigrationMessage? Receive() => _toSource.TryDequeue(out MigrationMessage? message) ? message : null;

    public void BreakConnection()
    {
        _isConnected = false;
        _toSource.Clear();

        // What has arrived is read before the end of the connection is seen.
        if (!_world.Chance(0.5))
        {
            _fromSource.Clear();
        }
    }

    /// <summary>A question on a connection of its own; null where the answer is lost or no one is there.</summary>
    public State? Ask()
    {
        if (_ledger is null || _world.Chance(0.2))
        {
            return null;
        }

        State? answer = null;
        Guard(() =>
        {
            if (_world.Defect == Defect.AbortThoughCommitted && _records.Read(_world.MigrationId) is { } any)
            {
                _records.Write(_world.MigrationId, any with { State = MigrationState.Aborted });
                answer = new State(_world.MigrationId, MigrationState.Aborted) { Ledger = _identity };
                return;
            }

            Task<MigrationState> asking = _ledger.AnswerAsync(_world.MigrationId, abortUnlessCommitted: true, CancellationToken.None);
            if (_turn is { AbortRequested.IsCancellationRequested: true })
            {
                GiveUp("was asked to");
            }

            answer = new State(_world.MigrationId, asking.GetAwaiter().GetResult()) { Ledger = _identity };
            _world.Note($"answered {answer.Value}");
        });
        return _ledger is null || _world.Chance(0.2) ? null : answer;
    }

    public void Step()
    {
        if (_ledger is null)
        {
            Start();
        }
        else if (_world.Chance(0.04))
        {
            Die("the receiver was killed");
        }
        else if (_world.Chance(0.02))
        {
            PowerLoss();
        }
        else if (_world.Chance(0.03))
        {
            Guard(Replay);
        }
        else if (_world.Chance(0.03))
        {
            BreakConnection();
            _world.Note("the connection broke");
        }
        else if (_turn is not null)
        {
            Guard(Continue);
        }
    }

    private static LedgerIdentity Identity(byte boot, byte ledger) => new(new Guid(1, 0, 0, new byte[8]), new Guid(boot, 0, 0, new byte[8]), new Guid(ledger, 0, 0, new byte[8]));

    /// <summary>The restore, step by step, as far as it may go.</summary>
    private void Continue()
    {
        MigrationTurn turn = _turn!;
        if (!_isConnected && _fromSource.Count == 0)
        {
            GiveUp("lost its source");
            return;
        }

        switch (_world.Copy)
        {
            case CopyState.None:
                turn.Receive([Group]);
                _world.Act("restored, held by CRIU", () => _world.Set(CopyState.HeldByCriu));
                break;
            case CopyState.HeldByCriu:
                _world.Act("CRIU lets go", () => _world.Set(CopyState.AboutToRun));
                if (_world.Defect == Defect.CommitBeforeTheRestoreIsComplete)
                {
                    turn.Hold([Group], 1, 1);
                    Tell(new Restored([]));
                }

                break;
            case CopyState.AboutToRun when _world.Chance(0.1):
                _world.Note("CRIU died");
                _isCriuDead = true;
                _world.Set(CopyState.Runs);
                GiveUp("lost CRIU");
                break;
            case CopyState.AboutToRun when _world.Defect != Defect.CommitBeforeTheRestoreIsComplete:
                _world.Act("frozen", () => _world.Set(CopyState.Frozen));
                turn.Hold([Group], 1, 1);
                _isGuarded = false;
                Tell(new Restored([]));
                break;
            default:
                TakeCommit(turn);
                break;
        }
    }

    private void TakeCommit(MigrationTurn turn)
    {
        if (!_fromSource.TryDequeue(out MigrationMessage? message))
        {
            return;
        }

        if (message is Abort)
        {
            GiveUp("was told to");
            return;
        }

        if (_world.Defect == Defect.ThawBeforeRecord)
        {
            _world.Act("thawed", () => _world.Set(CopyState.Runs));
        }

        if (turn.TryResume(() => _world.Act("thawed", () => _world.Set(CopyState.Runs))))
        {
            turn.NoteThawed();
            Tell(new Resumed(default, [], 0));
            turn.Dispose();
            _turn = null;
        }
        else
        {
            GiveUp("was asked to, before the commit");
        }
    }

    private void GiveUp(string why)
    {
        _world.Note($"the destination {why}");
        if (_world.Copy != CopyState.None && !(_isCriuDead && _world.Defect == Defect.DeathOfCriuIsTakenForTheirEnd))
        {
            Kill(new MigrationRecord { State = MigrationState.Receiving, BootId = _identity.BootId, Groups = [Group] });
        }

        try
        {
            _turn!.Abort();
        }
        catch (IOException)
        {
            // What was written before leads to the same.
        }

        Tell(new Abort(AbortCode.DestinationFailed, why));
        _turn!.Dispose();
        _turn = null;
    }

    private void Tell(MigrationMessage message) => _world.Act($"said {message.Type}", () =>
    {
        if (_isConnected)
        {
            _toSource.Enqueue(message);
        }
    });

    /// <summary>Somebody sends the offer once more.</summary>
    private void Replay()
    {
        if (_world.Defect == Defect.IdentityIsUsedTwice && _turn is null)
        {
            _records.Remove(_world.MigrationId);
        }

        using MigrationTurn? again = _ledger!.TryBegin(_world.MigrationId, out _);
        if (again is not null)
        {
            again.Receive(["other group"]);
            again.Abort();
        }
    }

    private void Start()
    {
        if (_world.Chance(0.1))
        {
            _records = new MemoryRecords(_world);
            _identity = _identity with { LedgerId = Guid.NewGuid() };
            _world.LedgerWasLost = true;
            _world.Note("a receiver starts with another directory");
        }

        _ledger = new MigrationLedger(_records, this, _identity);
        _world.Note("a receiver starts");
        if (_world.Defect != Defect.NoRecovery)
        {
            Guard(() => _ledger.Recover());
        }
    }

    private void PowerLoss()
    {
        _world.CopyWasLost |= _records.Read(_world.MigrationId) is { State: MigrationState.Resumed };
        Die("the destination lost its power");
        _world.Set(CopyState.None);
        _identity = _identity with { BootId = Guid.NewGuid() };
    }

    private void Die(string how)
    {
        (_ledger, _turn) = (null, null);
        _records.ReleaseClaims();
        BreakConnection();
        _fromSource.Clear();
        if (_world.Copy == CopyState.AboutToRun || (_world.Copy == CopyState.Runs && _isGuarded))
        {
            // CRIU loses its caller, and removes what is not complete; what it has lost itself the guardian ends.
            _world.Set(CopyState.None);
        }

        _world.Note(how);
    }

    /// <summary>Runs a part of the program, which may end in the middle of it or find the disk full.</summary>
    private void Guard(Action part)
    {
        try
        {
            part();
        }
        catch (CrashException)
        {
            Die("the receiver died in the middle");
        }
        catch (IOException)
        {
            if (_turn is not null)
            {
                GuardedGiveUp();
            }
        }
    }

    private void GuardedGiveUp()
    {
        try
        {
            GiveUp("could not write");
        }
        catch (CrashException)
        {
            Die("the receiver died while it gave up");
        }
    }
}
