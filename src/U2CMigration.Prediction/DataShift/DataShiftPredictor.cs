using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.DataShift;

/// <summary>The first phase: a page whose last bits do not vary goes on as it did. For all pages at once, by arithmetic on rows of bits.</summary>
/// <remarks>
/// Which pages are stable follows the paper, with its parameters or with those that fit the container best so far. Deviation: the paper's answer is yes or no;
/// here it is a probability, counted for each length of run, and pages that are not stable get one too, so that the predictor can stand alone.
/// </remarks>
public sealed class DataShiftPredictor : IPagePredictor
{
    // Bounds the cost of learning; more chunks take their turns.
    private const int ChunksPerSample = 1024;

    private readonly RunOutcomes _outcomes = new();
    private readonly GroupValues _values = new();
    private readonly DataShiftTuner? _tuner;
    private readonly Pass _pass;
    private DataShiftRule _rule;
    private int _next = 1;

    /// <summary>A predictor that tunes itself.</summary>
    public DataShiftPredictor()
    {
        _pass = new Pass(this);
        _tuner = new DataShiftTuner();
        _rule = _tuner.Rule;
    }

    /// <summary>A predictor with fixed parameters.</summary>
    /// <param name="options">The parameters.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is out of its range.</exception>
    public DataShiftPredictor(DataShiftOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _pass = new Pass(this);
        _rule = options.ToRule();
    }

    /// <inheritdoc/>
    public string Name => "data-shift";

    internal DataShiftRule Rule => _rule;

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        _outcomes.Fade();
        int chunks = Math.Min(ChunksPerSample, histories.ChunkCount - 1);
        for (int i = 0; i < chunks; i++)
        {
            _next = _next < histories.ChunkCount ? _next : 1;
            _outcomes.Learn(histories, _next, _rule);
            _tuner?.Learn(histories, _next);
            _next++;
        }

        if (_tuner is not null)
        {
            _tuner.Decide();
            _rule = _tuner.Rule;
        }
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        FillValues();
        _pass.Run(histories, prediction);
    }

    /// <summary>Brings the probabilities of the groups up to date; before <see cref="Predict(PageHistories, PagePrediction, int)"/>.</summary>
    internal void FillValues() => _values.Fill(_outcomes);

    /// <summary>The probability of a group.</summary>
    internal float ValueOf(int group, int horizon) => _values.Of(group, horizon);

    /// <summary>Predicts one block, and tells which groups its pages belong to. Blocks may be predicted by several threads at once.</summary>
    internal RunGroups Predict(PageHistories histories, PagePrediction prediction, int block)
    {
        RunGroups groups = RunGroups.Of(histories, prediction.Blocks[block].Chunk, _rule);
        _values.Spread(groups, prediction, block);
        return groups;
    }

    /// <summary>Predicts the candidates of one block alone. Blocks may be predicted by several threads at once.</summary>
    internal void Predict(BlockView block, ModelAnswers answers, int at)
    {
        if (!block.Pages.IsEmpty)
        {
            _values.Pick(RunGroups.Of(block.Histories, block.Chunk, _rule), block.Pages, answers, at);
        }
    }

    /// <summary>Which pages of a chunk are stable now, one bit a page.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="stable">Receives <see cref="PageHistories.ChunkWords"/> words.</param>
    public void FindStable(PageHistories histories, int chunk, Span<ulong> stable)
    {
        ArgumentNullException.ThrowIfNull(histories);
        DataShiftKernel.Stable(histories, chunk, 0, _rule).CopyTo(stable);
    }

    /// <summary>Which pages of a chunk were stable some samples ago, by the parameters of now.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="age">How many samples ago.</param>
    /// <param name="stable">Receives <see cref="PageHistories.ChunkWords"/> words.</param>
    public void FindStable(PageHistories histories, int chunk, int age, Span<ulong> stable)
    {
        ArgumentNullException.ThrowIfNull(histories);
        DataShiftKernel.Stable(histories, chunk, age, _rule).CopyTo(stable);
    }

    /// <summary>The paper's answer for the next sample, one bit a page: the page goes on as it did, or flips if its run is too short to last.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="dirty">Receives <see cref="PageHistories.ChunkWords"/> words.</param>
    public void FindDirty(PageHistories histories, int chunk, Span<ulong> dirty)
    {
        ArgumentNullException.ThrowIfNull(histories);
        DataShiftKernel.Dirty(histories, chunk, 0, _rule).CopyTo(dirty);
    }

    private sealed class Pass(DataShiftPredictor predictor) : BlockPass
    {
        protected override void Do(PageHistories histories, PagePrediction prediction, BlockRun run)
        {
            for (int block = run.From; block < run.To; block++)
            {
                predictor.Predict(histories, prediction, block);
            }
        }
    }
}
