using U2CMigration.Prediction.Calibration;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>How the predictors of a blend are put together: for each horizon what each has to say, the weights of the mixture, and the corrections.</summary>
internal sealed class BlendWeights
{
    private const int Contexts = 2;

    private readonly LogisticMixer[] _mixers = new LogisticMixer[PagePrediction.Horizons * Contexts];
    private readonly ProbabilityCalibration[] _calibrations;
    private readonly float[] _shares;
    private readonly float[] _maps;

    /// <param name="predictors">How many predictors.</param>
    public BlendWeights(int predictors)
    {
        Mixture = predictors;
        _calibrations = [.. Enumerable.Range(0, PagePrediction.Horizons * (predictors + 1)).Select(static _ => new ProbabilityCalibration())];
        for (int i = 0; i < _mixers.Length; i++)
        {
            _mixers[i] = new LogisticMixer(predictors);
        }

        _shares = new float[2 * PagePrediction.Horizons * (predictors + 1)];
        _maps = new float[PagePrediction.Horizons * (predictors + 1) * ProbabilityCalibration.Bins];
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            Shares(horizon)[AsSaid(Mixture)] = 1;
            Apply(horizon);
        }
    }

    /// <summary>The number that stands for the mixture among the sources of predictions; those before it are the predictors.</summary>
    public int Mixture { get; }

    /// <summary>The place in <see cref="Shares"/> of a source as it says itself.</summary>
    public static int AsSaid(int source) => 2 * source;

    /// <summary>The place in <see cref="Shares"/> of a source as it is corrected.</summary>
    public static int Corrected(int source) => (2 * source) + 1;

    /// <summary>How much each source has to say about a horizon, as it says itself and as it is corrected; together 1.</summary>
    public Span<float> Shares(int horizon) => _shares.AsSpan(2 * horizon * (Mixture + 1), 2 * (Mixture + 1));

    /// <summary>How much a source has to say about a horizon, either way.</summary>
    public float ShareOf(int horizon, int source) => Shares(horizon)[AsSaid(source)] + Shares(horizon)[Corrected(source)];

    /// <summary>Makes the shares of a horizon count in <see cref="MapOf"/>.</summary>
    public void Apply(int horizon)
    {
        for (int source = 0; source <= Mixture; source++)
        {
            CalibrationOf(horizon, source).Weigh(Shares(horizon)[AsSaid(source)], Shares(horizon)[Corrected(source)], Map(horizon, source));
        }
    }

    /// <summary>What a source adds to a probability, by its log odds; see <see cref="ProbabilityCalibration.AddMapped"/>.</summary>
    public ReadOnlySpan<float> MapOf(int horizon, int source) => Map(horizon, source);

    /// <summary>Whether a prediction for a horizon needs a predictor.</summary>
    public bool Needs(int horizon, int predictor) => ShareOf(horizon, predictor) > 0 || ShareOf(horizon, Mixture) > 0;

    /// <summary>Whether a prediction needs a predictor.</summary>
    public bool Needs(int predictor)
    {
        bool needs = false;
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            needs |= Needs(horizon, predictor);
        }

        return needs;
    }

    /// <summary>The correction of a source.</summary>
    public ProbabilityCalibration CalibrationOf(int horizon, int source) => _calibrations[(horizon * (Mixture + 1)) + source];

    /// <summary>The mixture for pages that were written in the newest sample, or were not.</summary>
    public LogisticMixer MixerOf(int horizon, bool written) => _mixers[(horizon * Contexts) + (written ? 1 : 0)];

    private Span<float> Map(int horizon, int source) => _maps.AsSpan(((horizon * (Mixture + 1)) + source) * ProbabilityCalibration.Bins, ProbabilityCalibration.Bins);
}
