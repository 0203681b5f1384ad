using System.Numerics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Some pages, and what each of several predictors said about them at one sample: kept until what happened is known.</summary>
internal sealed class SampleRound
{
    private readonly int _inputs;
    private readonly int _limit;
    private readonly float[] _logits;
    private readonly SampledPage[] _pages;

    /// <param name="inputs">How many predictors.</param>
    /// <param name="limit">How many pages at most.</param>
    public SampleRound(int inputs, int limit)
    {
        _inputs = inputs;
        _limit = limit;
        _pages = new SampledPage[limit];
        _logits = new float[limit * PagePrediction.Horizons * inputs];
    }

    /// <summary>The number of the newest sample when the pages were chosen.</summary>
    public long Sample { get; private set; } = -1;

    /// <summary>The pages.</summary>
    public ReadOnlySpan<SampledPage> Pages => _pages.AsSpan(0, Count);

    private int Count { get; set; }

    /// <summary>Takes the candidates of a prediction as the pages.</summary>
    /// <param name="sample">The number of the newest sample.</param>
    /// <param name="prediction">Its candidates are the pages.</param>
    /// <param name="steps">By block, of how many pages one was taken.</param>
    public void Begin(long sample, PagePrediction prediction, IReadOnlyList<int> steps)
    {
        Sample = sample;
        Count = 0;
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            ReadOnlySpan<ulong> candidates = prediction.Candidates(block);
            for (int word = 0; word < candidates.Length; word++)
            {
                for (ulong bits = candidates[word]; bits != 0 && Count < _limit; bits &= bits - 1)
                {
                    int page = (word * 64) + BitOperations.TrailingZeroCount(bits);
                    _pages[Count++] = new SampledPage(prediction.Blocks[block].Chunk, page, steps[block]);
                }
            }
        }
    }

    /// <summary>Keeps what a predictor says.</summary>
    public void Take(int input, ModelAnswers answers)
    {
        for (int i = 0; i < Count; i++)
        {
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                Logits(i, horizon)[input] = Logit.Of(answers.Of(horizon)[i]);
            }
        }
    }

    /// <summary>The log odds that the predictors gave for a page.</summary>
    public Span<float> Logits(int page, int horizon) => _logits.AsSpan(((page * PagePrediction.Horizons) + horizon) * _inputs, _inputs);

    /// <summary>A page that was chosen.</summary>
    /// <param name="Chunk">Its chunk in the histories.</param>
    /// <param name="Page">Its place in the chunk.</param>
    /// <param name="Weight">How many pages it stands for.</param>
    internal readonly record struct SampledPage(int Chunk, int Page, float Weight);
}
