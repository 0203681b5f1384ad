using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>What several predictors say about some candidates, as log odds.</summary>
internal sealed class CandidateLogits
{
    /// <summary>How many candidates at most: what several predictors say about so many fits into the nearest cache but one.</summary>
    public const int Most = 512;

    private readonly float[] _written = new float[Most];
    private readonly float[] _mixed = new float[Most];
    private readonly float[] _logits;
    private readonly int _inputs;
    private int _count;

    /// <param name="inputs">How many predictors.</param>
    public CandidateLogits(int inputs)
    {
        _inputs = inputs;
        _logits = new float[inputs * Most];
    }

    /// <summary>Turns to some candidates.</summary>
    /// <param name="lastValues">For each, 1 if it was written in the newest sample, 0 if not; at most <see cref="Most"/>.</param>
    public void Begin(ReadOnlySpan<float> lastValues)
    {
        _count = lastValues.Length;
        lastValues.CopyTo(_written);
    }

    /// <summary>Takes what a predictor says about them.</summary>
    public void Take(int input, ReadOnlySpan<float> probabilities)
    {
        Span<float> values = _logits.AsSpan(input * Most, Most);
        probabilities.CopyTo(values);
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
                Vector512<float> some = Vector512.LoadUnsafe(ref logits, (nuint)((i * Most) + first));
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
    public ReadOnlySpan<float> Of(int input) => _logits.AsSpan(input * Most, _count);

    // To whole vectors; what lies behind the last candidate means nothing.
    private int Padded => (_count + 15) & ~15;
}
