using U2CMigration.Prediction.Calibration;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>How the predictors of a blend are put together: for each horizon the one that is used alone, or the weights of the mixture, and the correction of the result.</summary>
internal sealed class BlendWeights
{
    private const int Contexts = 2;

    private readonly LogisticMixer[] _mixers = new LogisticMixer[PagePrediction.Horizons * Contexts];
    private readonly ProbabilityCalibration[] _calibrations;
    private readonly int[] _chosen = new int[PagePrediction.Horizons];

    /// <param name="predictors">How many predictors.</param>
    public BlendWeights(int predictors)
    {
        Mixture = predictors;
        _calibrations = [.. Enumerable.Range(0, PagePrediction.Horizons * (predictors + 1)).Select(static _ => new ProbabilityCalibration())];
        for (int i = 0; i < _mixers.Length; i++)
        {
            _mixers[i] = new LogisticMixer(predictors);
        }

        Array.Fill(_chosen, predictors);
    }

    /// <summary>The number that stands for the mixture among the sources of predictions; those before it are the predictors.</summary>
    public int Mixture { get; }

    /// <summary>Which source is used for each horizon.</summary>
    public Span<int> Chosen => _chosen;

    /// <summary>Whether a prediction needs a predictor.</summary>
    public bool Needs(int predictor) => _chosen.AsSpan().IndexOfAny(predictor, Mixture) >= 0;

    /// <summary>The correction of a source.</summary>
    public ProbabilityCalibration CalibrationOf(int horizon, int source) => _calibrations[(horizon * (Mixture + 1)) + source];

    /// <summary>The mixture for pages that were written in the newest sample, or were not.</summary>
    public LogisticMixer MixerOf(int horizon, bool written) => _mixers[(horizon * Contexts) + (written ? 1 : 0)];
}
