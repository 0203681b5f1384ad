using System.Numerics;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Torch.Examples;

/// <summary>Watches a container as a predictor does, and turns pages into examples once the three samples after them are known.</summary>
internal sealed class ExampleCollector(ExampleOptions options, int source)
{
    private readonly ContainerContext _container = new(options.Selection);
    private readonly InputReader _reader = new(options.Selection);
    private readonly Random _random = new(options.Seed + (source * 7919));
    private readonly Queue<PendingRound> _pending = new();
    private readonly List<ExampleGroup> _groups = [];

    /// <summary>The examples so far.</summary>
    public IReadOnlyList<ExampleGroup> Groups => _groups;

    /// <summary>Takes in the newest sample.</summary>
    public void Learn(PageHistories histories)
    {
        foreach (PendingRound round in _pending)
        {
            round.Observe(histories);
        }

        if (_pending.Count == PagePrediction.Horizons)
        {
            _groups.AddRange(_pending.Dequeue().Groups);
        }

        _container.Learn(histories);
        if (histories.SampleCount > options.FirstRound)
        {
            _pending.Enqueue(Choose(histories));
        }
    }

    /// <summary>Adds the last rounds, of which only one or two later samples are known.</summary>
    public void Finish()
    {
        while (_pending.TryDequeue(out PendingRound? round))
        {
            _groups.AddRange(round.Groups);
        }
    }

    private PendingRound Choose(PageHistories histories)
    {
        RoundContext context = new();
        _container.Fill(histories, context);
        PendingRound round = new(context, source);
        (long unstable, long stable) = Count(histories);
        double unstableShare = options.UnstablePages / (double)Math.Max(1, unstable);
        double stableShare = options.StablePages / (double)Math.Max(1, stable);
        for (int chunk = 1; chunk < histories.ChunkCount; chunk++)
        {
            if (histories.SamplesOf(chunk) > 0)
            {
                Choose(histories, chunk, round, unstableShare, stableShare);
            }
        }

        return round;
    }

    private void Choose(PageHistories histories, int chunk, PendingRound round, double unstableShare, double stableShare)
    {
        bool open = false;
        for (int word = 0; word < PageHistories.ChunkWords; word++)
        {
            (ulong unstable, ulong active) = Kinds(histories, chunk, word);
            for (ulong rest = unstable | active; rest != 0; rest &= rest - 1)
            {
                int bit = BitOperations.TrailingZeroCount(rest);
                if (_random.NextDouble() >= (((unstable >> bit) & 1) != 0 ? unstableShare : stableShare))
                {
                    continue;
                }

                if (!open)
                {
                    _reader.Open(histories, chunk);
                    open = true;
                }

                _reader.Read((word * 64) + bit, out PageInput input);
                round.Add(histories, chunk, (word * 64) + bit, input);
            }
        }
    }

    private static (long Unstable, long Stable) Count(PageHistories histories)
    {
        long unstable = 0;
        long stable = 0;
        for (int chunk = 1; chunk < histories.ChunkCount; chunk++)
        {
            for (int word = 0; word < PageHistories.ChunkWords; word++)
            {
                (ulong changing, ulong active) = Kinds(histories, chunk, word);
                unstable += BitOperations.PopCount(changing);
                stable += BitOperations.PopCount(active & ~changing);
            }
        }

        return (unstable, stable);
    }

    // Unstable: the last three bits are not all equal. Active: written at least once.
    private static (ulong Unstable, ulong Active) Kinds(PageHistories histories, int chunk, int word)
    {
        (ulong a, ulong b, ulong c) = (histories.DirtyRow(chunk, 0)[word], histories.DirtyRow(chunk, 1)[word], histories.DirtyRow(chunk, 2)[word]);
        ulong active = 0;
        for (int age = 0; age < PageHistories.Depth; age++)
        {
            active |= histories.DirtyRow(chunk, age)[word];
        }

        return ((a | b | c) & ~(a & b & c), active);
    }
}
