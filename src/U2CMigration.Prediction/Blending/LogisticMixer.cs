using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Weighs the log odds of several predictors, and learns the weights from what happens.</summary>
/// <remarks>Logistic regression by stochastic gradient with a step for each weight that shrinks as its gradients add up (AdaGrad). Starts as the plain average.</remarks>
internal sealed class LogisticMixer
{
    private const float Step = 0.02f;
    private const float Decay = 1e-5f;

    private readonly float[] _weights;
    private readonly float[] _gradients;
    private readonly float _start;
    private float _biasGradient = 1;

    public LogisticMixer(int inputs)
    {
        _start = 1f / inputs;
        _weights = new float[inputs];
        _gradients = new float[inputs];
        Array.Fill(_weights, _start);
        Array.Fill(_gradients, 1);
    }

    /// <summary>The weights.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>What is added to the weighed log odds.</summary>
    public float Bias { get; private set; }

    /// <summary>The log odds of the mixture.</summary>
    public float Mix(ReadOnlySpan<float> logits)
    {
        float sum = Bias;
        for (int i = 0; i < _weights.Length; i++)
        {
            sum += _weights[i] * logits[i];
        }

        return Math.Clamp(sum, -Logit.Limit, Logit.Limit);
    }

    /// <summary>Moves the weights towards what would have been right.</summary>
    public void Learn(ReadOnlySpan<float> logits, float mixed, bool written)
    {
        float error = (written ? 1 : 0) - Logit.ToProbability(mixed);
        for (int i = 0; i < _weights.Length; i++)
        {
            float gradient = (error * logits[i]) - (Decay * (_weights[i] - _start));
            _gradients[i] += gradient * gradient;
            _weights[i] += Step * gradient / MathF.Sqrt(_gradients[i]);
        }

        _biasGradient += error * error;
        Bias += Step * error / MathF.Sqrt(_biasGradient);
    }
}
