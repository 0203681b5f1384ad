using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>What several predictors say about the candidates of one block, without the gaps between them, as log odds.</summary>
internal sealed class BlockLogits
{
    private readonly int[] _pages = new int[PageHistories.ChunkPages];
    private readonly float[] _written = new float[PageHistories.ChunkPages];
    private readonly float[] _mixed = new float[PageHistories.ChunkPages];
    private readonly float[] _logits;
    private readonly int _inputs;
    private int _count;

    /// <param name="inputs">How many predictors.</param>
    public BlockLogits(int inputs)
    {
        _inputs = inputs;
        _logits = new float[inputs * PageHistories.ChunkPages];
    }

    /// <summary>The candidates, by their places in the chunk.</summary>
    public ReadOnlySpan<int> Pages => _pages.AsSpan(0, _count);

    /// <summary>Takes the candidates of a block.</summary>
    /// <param name="candidates">One bit for each page of the chunk.</param>
    /// <param name="newest">Likewise, the pages written in the newest sample.</param>
    public void Begin(ReadOnlySpan<ulong> candidates, ReadOnlySpan<ulong> newest)
    {
        _count = 0;
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong bits = candidates[word]; bits != 0; bits &= bits - 1)
            {
                int bit = BitOperations.TrailingZeroCount(bits);
                _written[_count] = (newest[word] >> bit) & 1;
                _pages[_count++] = (word * 64) + bit;
            }
        }
    }

    /// <summary>Takes what a predictor says.</summary>
    public void Take(int input, ReadOnlySpan<float> probabilities)
    {
        Span<float> values = _logits.AsSpan(input * PageHistories.ChunkPages, PageHistories.ChunkPages);
        for (int i = 0; i < _count; i++)
        {
            values[i] = probabilities[_pages[i]];
        }

        Logit.Of(values[..Padded]);
    }

    /// <summary>The log odds of a mixture, by candidate, valid until the next call.</summary>
    /// <param name="clean">Mixes for pages that were not written in the newest sample.</param>
    /// <param name="written">Mixes for the others.</param>
    public ReadOnlySpan<float> Mix(LogisticMixer clean, LogisticMixer written)
    {
        ref float logits = ref MemoryMarshal.GetArrayDataReference(_logits);
        for (int first = 0; first < Padded; first += Vector512<float>.Count)
        {
            Vector512<float> ifClean = Vector512.Create(clean.Bias);
            Vector512<float> ifWritten = Vector512.Create(written.Bias);
            for (int i = 0; i < _inputs; i++)
            {
                Vector512<float> some = Vector512.LoadUnsafe(ref logits, (nuint)((i * PageHistories.ChunkPages) + first));
                ifClean += Vector512.Create(clean.Weights[i]) * some;
                ifWritten += Vector512.Create(written.Weights[i]) * some;
            }

            Vector512<float> wasWritten = Vector512.GreaterThan(Vector512.Create(_written, first), Vector512<float>.Zero);
            Vector512<float> mixed = Vector512.ConditionalSelect(wasWritten, ifWritten, ifClean);
            Vector512.Clamp(mixed, Vector512.Create(-Logit.Limit), Vector512.Create(Logit.Limit)).CopyTo(_mixed, first);
        }

        return _mixed.AsSpan(0, _count);
    }

    /// <summary>The log odds that a predictor gave, by candidate.</summary>
    public ReadOnlySpan<float> Of(int input) => _logits.AsSpan(input * PageHistories.ChunkPages, _count);

    // To whole vectors; what lies behind the last candidate means nothing.
    private int Padded => (_count + 15) & ~15;
}
