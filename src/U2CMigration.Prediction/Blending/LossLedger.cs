namespace U2CMigration.Prediction.Blending;

/// <summary>What each of several sources of predictions has lost lately: the mean negative logarithm of the probability given to what happened.</summary>
internal sealed class LossLedger
{
    private readonly double[] _losses;
    private readonly double _fading;

    public LossLedger(int sources, double fading)
    {
        _losses = new double[sources];
        _fading = fading;
    }

    public double this[int source] => _losses[source];

    /// <summary>Adds the loss of log odds.</summary>
    public void Add(int source, float logit, bool written) => _losses[source] += Math.Log(1 + Math.Exp(written ? -logit : logit));

    public void Fade()
    {
        for (int i = 0; i < _losses.Length; i++)
        {
            _losses[i] *= _fading;
        }
    }

    /// <summary>The source that has lost the least.</summary>
    public int Best() => Array.IndexOf(_losses, _losses.Min());
}
