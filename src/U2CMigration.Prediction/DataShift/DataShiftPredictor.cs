using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
    private readonly DataShiftTuner? _tuner;
    private DataShiftRule _rule;
    private int _next = 1;

    /// <summary>A predictor that tunes itself.</summary>
    public DataShiftPredictor()
    {
        _tuner = new DataShiftTuner();
        _rule = _tuner.Rule;
    }

    /// <summary>A predictor with fixed parameters.</summary>
    /// <param name="options">The parameters.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them is out of its range.</exception>
    public DataShiftPredictor(DataShiftOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
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
        Span<float> probabilities = stackalloc float[RunOutcomes.Groups * PagePrediction.Horizons];
        for (int i = 0; i < probabilities.Length; i++)
        {
            probabilities[i] = _outcomes.Probability(i / PagePrediction.Horizons, i % PagePrediction.Horizons);
        }

        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            Predict(histories, prediction, block, probabilities);
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

    private void Predict(PageHistories histories, PagePrediction prediction, int block, ReadOnlySpan<float> probabilities)
    {
        int chunk = prediction.Blocks[block].Chunk;
        Span<Vector512<ulong>> classes = stackalloc Vector512<ulong>[RunLengths.Classes];
        RunLengths.Classify(histories, chunk, 0, classes);
        Vector512<ulong> last = DataShiftKernel.Row(histories, chunk, 0);
        Vector512<ulong> stable = DataShiftKernel.Stable(histories, chunk, 0, _rule);
        for (int i = 0; i < classes.Length; i++)
        {
            if (classes[i] != Vector512<ulong>.Zero)
            {
                Fill(prediction, block, classes[i] & ~last & ~stable, RunOutcomes.GroupOf(i, false, false), probabilities);
                Fill(prediction, block, classes[i] & ~last & stable, RunOutcomes.GroupOf(i, false, true), probabilities);
                Fill(prediction, block, classes[i] & last & ~stable, RunOutcomes.GroupOf(i, true, false), probabilities);
                Fill(prediction, block, classes[i] & last & stable, RunOutcomes.GroupOf(i, true, true), probabilities);
            }
        }
    }

    private static void Fill(PagePrediction prediction, int block, Vector512<ulong> pages, int group, ReadOnlySpan<float> probabilities)
    {
        if (pages == Vector512<ulong>.Zero)
        {
            return;
        }

        ref ulong first = ref Unsafe.As<Vector512<ulong>, ulong>(ref pages);
        ReadOnlySpan<ulong> bits = MemoryMarshal.CreateReadOnlySpan(ref first, Vector512<ulong>.Count);
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            BitSelect.Where(bits, probabilities[(group * PagePrediction.Horizons) + horizon], prediction.Probabilities(block, horizon));
        }
    }
}
