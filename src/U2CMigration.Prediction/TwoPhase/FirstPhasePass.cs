using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Calibration;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.TwoPhase;

/// <summary>The first phase over all blocks: predicts every page, finds those that need the second phase, and counts the others for the thresholds.</summary>
internal sealed class FirstPhasePass(DataShiftPredictor first) : BlockPass
{
    // How many candidates there are in each group, by worker: of those that are left to the first phase, and of those that are unstable.
    private readonly long[] _stableCounts = new long[Workers * RunOutcomes.Groups];
    private readonly long[] _unstableCounts = new long[Workers * RunOutcomes.Groups];
    // The candidates of each block that are unstable.
    private ulong[] _unstable = [];
    private readonly List<int> _blocks = [];

    /// <summary>For each block with unstable candidates, which of all blocks it is.</summary>
    public IReadOnlyList<int> Blocks => _blocks;

    /// <summary>Predicts all pages by the first phase, and makes those that are unstable the candidates of another prediction.</summary>
    public void Split(PageHistories histories, PagePrediction prediction, PagePrediction unstable)
    {
        int blocks = prediction.Blocks.Count;
        if (_unstable.Length < blocks * PageHistories.ChunkWords)
        {
            _unstable = new ulong[(blocks + (blocks / 2)) * PageHistories.ChunkWords];
        }

        Array.Clear(_stableCounts);
        Array.Clear(_unstableCounts);
        first.FillValues();
        Run(histories, prediction);
        unstable.Clear();
        _blocks.Clear();
        for (int block = 0; block < blocks; block++)
        {
            ReadOnlySpan<ulong> pages = _unstable.AsSpan(block * PageHistories.ChunkWords, PageHistories.ChunkWords);
            if (pages.IndexOfAnyExcept(0UL) >= 0)
            {
                unstable.Add(prediction.Blocks[block], pages);
                _blocks.Add(block);
            }
        }
    }

    /// <summary>Adds candidates to a score: few groups, whatever the number of pages.</summary>
    /// <param name="score">The score.</param>
    /// <param name="horizon">0 for the next sample.</param>
    /// <param name="alone">Whether the first phase speaks for unstable pages too.</param>
    public void AddTo(ExpectedScore score, int horizon, bool alone)
    {
        for (int i = 0; i < _stableCounts.Length; i++)
        {
            long pages = _stableCounts[i] + (alone ? _unstableCounts[i] : 0);
            if (pages > 0)
            {
                score.Add(first.ValueOf(i % RunOutcomes.Groups, horizon), pages);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Do(PageHistories histories, PagePrediction prediction, BlockRun run)
    {
        Span<Vector512<ulong>> unstable = MemoryMarshal.Cast<ulong, Vector512<ulong>>(_unstable.AsSpan());
        Span<long> stableCounts = _stableCounts.AsSpan(run.Worker * RunOutcomes.Groups, RunOutcomes.Groups);
        Span<long> unstableCounts = _unstableCounts.AsSpan(run.Worker * RunOutcomes.Groups, RunOutcomes.Groups);
        for (int block = run.From; block < run.To; block++)
        {
            RunGroups groups = first.Predict(histories, prediction, block);
            Vector512<ulong> candidates = Vector512.Create<ulong>(prediction.Candidates(block));
            unstable[block] = candidates & Vector512.Create(histories.KnownPages(prediction.Blocks[block].Chunk)) & ~groups.Stable;
            groups.Count(candidates & ~unstable[block], stableCounts);
            groups.Count(unstable[block], unstableCounts);
        }
    }
}
