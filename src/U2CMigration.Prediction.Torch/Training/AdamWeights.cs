using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Training;

/// <summary>Moves the weights of a model against their gradients: AdamW (Loshchilov and Hutter, 2019), decay apart from the step.</summary>
/// <remarks>
/// In plain code on the tensors' memory, because TorchSharp's optimiser hands its native library numbers that the garbage collector may free while they are read,
/// which ends a training of minutes sooner or later. Gradients are added up until <see cref="Clear"/>.
/// </remarks>
internal sealed class AdamWeights
{
    private const double First = 0.9;
    private const double Second = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Parameter[] _parameters;
    private readonly float[][] _means;
    private readonly float[][] _squares;
    private readonly double _decay;
    private int _steps;

    /// <param name="parameters">The weights.</param>
    /// <param name="decay">How much they shrink with each step, times the rate.</param>
    public AdamWeights(IEnumerable<Parameter> parameters, double decay)
    {
        _parameters = [.. parameters];
        _means = [.. _parameters.Select(static parameter => new float[parameter.numel()])];
        _squares = [.. _parameters.Select(static parameter => new float[parameter.numel()])];
        _decay = decay;
    }

    /// <summary>Sets the gradients to zero.</summary>
    public void Clear()
    {
        foreach (Parameter parameter in _parameters)
        {
            using Tensor? gradient = parameter.grad;
            if (gradient is not null)
            {
                gradient.bytes.Clear();
            }
        }
    }

    /// <summary>Takes a step.</summary>
    /// <param name="rate">Its size.</param>
    public void Step(double rate)
    {
        _steps++;
        float step = (float)(rate / (1 - Math.Pow(First, _steps)));
        float scale = (float)(1 / Math.Sqrt(1 - Math.Pow(Second, _steps)));
        float kept = (float)(1 - (rate * _decay));
        for (int i = 0; i < _parameters.Length; i++)
        {
            using Tensor? gradient = _parameters[i].grad;
            if (gradient is not null)
            {
                Step(Values(_parameters[i]), Values(gradient), _means[i], _squares[i], (step, scale, kept));
            }
        }
    }

    private static void Step(Span<float> weights, ReadOnlySpan<float> gradients, float[] means, float[] squares, (float Step, float Scale, float Kept) rates)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            float gradient = gradients[i];
            means[i] = ((float)First * means[i]) + ((float)(1 - First) * gradient);
            squares[i] = ((float)Second * squares[i]) + ((float)(1 - Second) * gradient * gradient);
            weights[i] = (weights[i] * rates.Kept) - (rates.Step * means[i] / ((MathF.Sqrt(squares[i]) * rates.Scale) + (float)Epsilon));
        }
    }

    private static Span<float> Values(Tensor tensor) =>
        tensor.is_contiguous() && tensor.dtype == ScalarType.Float32
            ? MemoryMarshal.Cast<byte, float>(tensor.bytes)
            : throw new InvalidOperationException("A weight or gradient is no plain array of single numbers.");
}
