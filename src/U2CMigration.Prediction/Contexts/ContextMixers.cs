using System.Numerics;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Blending;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Contexts;

/// <summary>Mixes what the tables say: with weights of its own for each horizon, number of recent writes and last bit of a page.</summary>
internal sealed class ContextMixers
{
    private const int PerHorizon = 16;
    private const int Inputs = PageContexts.Count;

    private readonly LogisticMixer[] _mixers = new LogisticMixer[PagePrediction.Horizons * PerHorizon];

    // The weights and the bias of each mixer, the horizons side by side: one multiplication mixes for all of them.
    private readonly Vector128<float>[] _lanes = new Vector128<float>[PerHorizon * (Inputs + 1)];

    public ContextMixers()
    {
        for (int i = 0; i < _mixers.Length; i++)
        {
            _mixers[i] = new LogisticMixer(Inputs);
        }
    }

    /// <summary>The mixer for pages with such a history.</summary>
    public LogisticMixer Of(ulong word, int horizon) => _mixers[(horizon * PerHorizon) + Index(word)];

    /// <summary>Makes what was learned count in <see cref="Mix"/>.</summary>
    public void Pack()
    {
        for (int i = 0; i < PerHorizon; i++)
        {
            (LogisticMixer first, LogisticMixer second, LogisticMixer third) = (_mixers[i], _mixers[PerHorizon + i], _mixers[(2 * PerHorizon) + i]);
            Span<Vector128<float>> lanes = _lanes.AsSpan(i * (Inputs + 1), Inputs + 1);
            for (int input = 0; input < Inputs; input++)
            {
                lanes[input] = Vector128.Create(first.Weights[input], second.Weights[input], third.Weights[input], 0);
            }

            lanes[Inputs] = Vector128.Create(first.Bias, second.Bias, third.Bias, 0);
        }
    }

    /// <summary>The log odds of the mixtures for all horizons.</summary>
    /// <param name="word">The history of the page.</param>
    /// <param name="logits">What the tables say.</param>
    public Vector128<float> Mix(ulong word, ReadOnlySpan<Vector128<float>> logits)
    {
        ReadOnlySpan<Vector128<float>> lanes = _lanes.AsSpan(Index(word) * (Inputs + 1), Inputs + 1);
        Vector128<float> sum = lanes[Inputs];
        for (int i = 0; i < Inputs; i++)
        {
            sum += lanes[i] * logits[i];
        }

        return Vector128.Clamp(sum, Vector128.Create(-Logit.Limit), Vector128.Create(Logit.Limit));
    }

    private static int Index(ulong word) => (Math.Min(7, BitOperations.PopCount(word & 0xff)) * 2) + (int)(word & 1);
}
