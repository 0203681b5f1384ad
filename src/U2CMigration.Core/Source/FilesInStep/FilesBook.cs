using System.Diagnostics;
using U2CMigration.Core.Convergence;
using U2CMigration.Core.Files;
using U2CMigration.Core.Results;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Core.Source.FilesInStep;

/// <summary>What the rounds of files have come to, and whether a freeze should wait for another one.</summary>
internal sealed class FilesBook
{
    /// <summary>Less is not worth a round.</summary>
    private static readonly TimeSpan Little = TimeSpan.FromMilliseconds(50);

    /// <summary>A round that leaves less than this share of what the one before left is worth another.</summary>
    private const double Falling = 0.7;

    /// <summary>A round that ended so lately, or so many times its length ago, says how the files are now.</summary>
    private static readonly TimeSpan FreshFor = TimeSpan.FromMilliseconds(50);

    private long _lastEnded;
    private TimeSpan _lastTook;
    private double _fastest;
    private FilesReport _frozen = new() { Rounds = 0, Entries = 0, Bytes = 0, FrozenEntries = 0, FrozenBytes = 0, FrozenDuration = TimeSpan.Zero, TakenDuration = TimeSpan.Zero };
    private SentFiles? _before;

    /// <summary>The last round while the workload ran; null before the first was over.</summary>
    public SentFiles? Last { get; private set; }

    /// <summary>How many rounds are over.</summary>
    public int Rounds { get; private set; }

    /// <summary>Entries of all rounds.</summary>
    public long Entries { get; private set; }

    /// <summary>Bytes of all rounds.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the last round is as good as one that is sent now.</summary>
    public bool IsFresh => Last is not null && Stopwatch.GetElapsedTime(_lastEnded) < (_lastTook > FreshFor ? _lastTook : FreshFor);

    /// <summary>All of it.</summary>
    public FilesReport Report => _frozen with { Rounds = Rounds, Entries = Entries, Bytes = Bytes };

    /// <summary>A round while the workload runs is over.</summary>
    public void Note(SentFiles sent, TimeSpan took)
    {
        _before = Last;
        Last = sent;
        _lastEnded = Stopwatch.GetTimestamp();
        _lastTook = took;
        _fastest = Math.Max(_fastest, took > TimeSpan.Zero ? sent.Bytes / took.TotalSeconds : 0);
        Add(sent);
    }

    /// <summary>The round in the freeze was read.</summary>
    public void NoteFrozen(SentFiles sent, TimeSpan took)
    {
        Add(sent);
        _frozen = _frozen with { FrozenEntries = sent.Entries, FrozenBytes = sent.Bytes, FrozenDuration = took };
    }

    /// <summary>And taken.</summary>
    public void NoteTaken(TimeSpan took, long? compared) => _frozen = _frozen with { TakenDuration = took, ComparedEntries = compared };

    /// <summary>How long the round in the freeze would take now; zero while nothing is known.</summary>
    /// <param name="linkBytesPerSecond">What the link carries; 0 while not known.</param>
    public TimeSpan TimeInFreeze(double linkBytesPerSecond) => TimeFor(Last, linkBytesPerSecond);

    /// <summary>Whether a freeze has to wait: files have not all been sent once, the rest would take longer than the caller's limit, or another round makes it much shorter.</summary>
    public bool HoldsUp(RoundObservation observation, in MigrationLimits limits, double linkBytesPerSecond)
    {
        if (limits.AreReached(observation))
        {
            return false;
        }

        if (Last is null)
        {
            return true;
        }

        TimeSpan now = TimeFor(Last, linkBytesPerSecond);
        return (limits.HasDowntimeLimit && now > limits.DowntimeLimit) || (now > Little && (_before is null || now < TimeFor(_before, linkBytesPerSecond) * Falling));
    }

    private TimeSpan TimeFor(SentFiles? sent, double linkBytesPerSecond)
    {
        double rate = linkBytesPerSecond > 0 ? linkBytesPerSecond : _fastest;
        return sent is null ? TimeSpan.Zero : sent.FrozenTime + (rate > 0 ? TimeSpan.FromSeconds(Math.Min(sent.PendingBytes / rate, 1e6)) : TimeSpan.Zero);
    }

    private void Add(SentFiles sent)
    {
        Rounds++;
        Entries += sent.Entries;
        Bytes += sent.Bytes;
    }
}
