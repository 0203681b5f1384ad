namespace U2CMigration.Core.Tests.Committing.Simulation;

/// <summary>Two hosts with a workload, a connection, and everything that can go wrong, in the order of a seed.</summary>
internal sealed class World(int seed, Defect defect)
{
    private const int Steps = 40;

    private readonly Random _random = new(seed);
    private readonly List<string> _history = [];
    private int _crashIn = int.MaxValue;
    private bool _isHealed;

    public Defect Defect => defect;

    public Guid MigrationId { get; } = new(seed, 0, 0, new byte[8]);

    /// <summary>The workload on the source.</summary>
    public OriginalState Original { get; private set; } = OriginalState.Frozen;

    /// <summary>The restored processes.</summary>
    public CopyState Copy { get; private set; } = CopyState.None;

    /// <summary>Whether the host of the copy was lost after it ran: nothing can run then.</summary>
    public bool CopyWasLost { get; set; }

    /// <summary>Whether the ledger that knows was taken away for good.</summary>
    public bool LedgerWasLost { get; set; }

    /// <summary>What happened, for people.</summary>
    public string History => string.Join('\n', _history);

    public bool Chance(double probability) => !_isHealed && _random.NextDouble() < probability;

    public int Next(int limit) => _random.Next(limit);

    /// <summary>Ends the schedule: a promise is broken.</summary>
    public void Fail(string what) => throw new InvalidOperationException($"Seed {seed}: {what}.\n{History}");

    public void Note(string what) => _history.Add($"{what}  [original {Original}, copy {Copy}]");

    public void Set(OriginalState state)
    {
        Original = state;
        Check();
    }

    public void Set(CopyState state)
    {
        if (Copy == CopyState.Runs && state == CopyState.None)
        {
            CopyWasLost = true;
        }

        Copy = state;
        Check();
    }

    /// <summary>Something that a program does to the world: it may end right before, or right after.</summary>
    public void Act(string what, Action act)
    {
        Fuse();
        act();
        Note(what);
        Fuse();
    }

    /// <summary>Plays a schedule, then mends everything and looks what came of it.</summary>
    public void Play()
    {
        var destination = new SimulatedDestination(this);
        var source = new SimulatedSource(this, destination);
        for (int step = 0; step < Steps; step++)
        {
            // Not in every step: most that happens is what should.
            _crashIn = Chance(0.15) ? Next(6) : int.MaxValue;
            if (Next(2) == 0)
            {
                destination.Step();
            }
            else
            {
                source.Step();
            }
        }

        (_isHealed, _crashIn) = (true, int.MaxValue);
        Note("healed");
        for (int turn = 0; turn < 60; turn++)
        {
            destination.Step();
            source.Step();
        }

        if (Copy is CopyState.Frozen or CopyState.HeldByCriu && !LedgerWasLost)
        {
            Fail("a copy that does not run is left");
        }

        bool isSettled = (Original == OriginalState.Runs) != (Copy == CopyState.Runs);
        bool isExcused = Original != OriginalState.Runs && (CopyWasLost || (LedgerWasLost && source.SaidNotKnown));
        if (!isSettled && !isExcused)
        {
            Fail("nothing runs, and no user was told");
        }
    }

    private void Check()
    {
        if (Original == OriginalState.Runs && Copy is CopyState.Runs)
        {
            Fail("two copies run");
        }
    }

    private void Fuse()
    {
        if (_crashIn-- == 0)
        {
            _crashIn = int.MaxValue;
            throw new CrashException();
        }
    }
}
