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
        PageKinds counts = CountAll(histories);
        for (int chunk = 1; chunk < histories.ChunkCount; chunk++)
        {
            if (histories.SamplesOf(chunk) > 0)
            {
                Choose(histories, chunk, round, counts);
            }
        }

        return round;
    }

    private void Choose(PageHistories histories, int chunk, PendingRound round, PageKinds counts)
    {
        bool open = false;
        for (int word = 0; word < PageHistories.ChunkWords; word++)
        {
            PageKinds kinds = PageKinds.Of(histories, chunk, word);
            ulong chosen = Draw(kinds.Unstable, options.UnstablePages, counts.Unstable) | Draw(kinds.Stable, options.StablePages, counts.Stable)
                | Draw(kinds.NeverWritten, options.NeverWrittenPages, counts.NeverWritten);
            for (; chosen != 0; chosen &= chosen - 1)
            {
                int page = (word * 64) + BitOperations.TrailingZeroCount(chosen);
                if (!open)
                {
                    _reader.Open(histories, chunk);
                    open = true;
                }

                _reader.Read(page, out PageInput input);
                round.Add(histories, chunk, page, input);
            }
        }
    }

    private ulong Draw(ulong pages, int wanted, ulong all)
    {
        ulong drawn = 0;
        for (ulong rest = pages; rest != 0; rest &= rest - 1)
        {
            drawn |= _random.NextDouble() * all < wanted ? rest & (~rest + 1) : 0;
        }

        return drawn;
    }

    private static PageKinds CountAll(PageHistories histories)
    {
        PageKinds counts = default;
        for (int chunk = 1; chunk < histories.ChunkCount; chunk++)
        {
            for (int word = 0; word < PageHistories.ChunkWords; word++)
            {
                counts = counts.PlusCountOf(PageKinds.Of(histories, chunk, word));
            }
        }

        return counts;
    }
}
