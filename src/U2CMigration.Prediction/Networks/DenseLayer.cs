using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Networks;

/// <summary>A matrix of weights, multiplied with the inputs of 16 pages at once: every vector holds the same number of 16 pages.</summary>
internal sealed class DenseLayer
{
    private const int Together = 8;

    private readonly float[] _weights;
    private readonly int _inputs;
    private readonly int _outputs;

    /// <summary>Makes a layer.</summary>
    /// <param name="weights">The weights, <c>[outputs, columns]</c>.</param>
    /// <param name="outputs">How many outputs.</param>
    /// <param name="columns">How many columns the matrix has.</param>
    /// <param name="first">The first column to use.</param>
    /// <param name="inputs">How many columns to use.</param>
    public DenseLayer(ReadOnlySpan<float> weights, int outputs, int columns, int first, int inputs)
    {
        _inputs = inputs;
        _outputs = outputs;
        int blocks = (outputs + Together - 1) / Together;
        _weights = new float[blocks * Together * inputs];
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                _weights[((((output / Together) * inputs) + input) * Together) + (output % Together)] = weights[(output * columns) + first + input];
            }
        }
    }

    /// <summary>Adds the products to the outputs.</summary>
    /// <param name="inputs">One vector for each input.</param>
    /// <param name="outputs">One vector for each output.</param>
    public void AddTo(ReadOnlySpan<Vector512<float>> inputs, Span<Vector512<float>> outputs)
    {
        ref Vector512<float> input = ref MemoryMarshal.GetReference(inputs[.._inputs]);
        ref float weights = ref MemoryMarshal.GetArrayDataReference(_weights);
        int whole = _outputs / Together * Together;
        for (int output = 0; output < whole; output += Together)
        {
            AddEight(ref input, ref weights, outputs.Slice(output, Together));
            weights = ref Unsafe.Add(ref weights, _inputs * Together);
        }

        if (whole < _outputs)
        {
            AddRest(ref input, ref weights, outputs[whole.._outputs]);
        }
    }

    private void AddEight(ref Vector512<float> input, ref float weights, Span<Vector512<float>> outputs)
    {
        (Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3) = (outputs[0], outputs[1], outputs[2], outputs[3]);
        (Vector512<float> s4, Vector512<float> s5, Vector512<float> s6, Vector512<float> s7) = (outputs[4], outputs[5], outputs[6], outputs[7]);
        for (int i = 0; i < _inputs; i++)
        {
            Vector512<float> x = Unsafe.Add(ref input, i);
            s0 = Vector512.FusedMultiplyAdd(x, Vector512.Create(weights), s0);
            s1 = Vector512.FusedMultiplyAdd(x, Vector512.Create(Unsafe.Add(ref weights, 1)), s1);
            s2 = Vector512.FusedMultiplyAdd(x, Vector512.Create(Unsafe.Add(ref weights, 2)), s2);
            s3 = Vector512.FusedMultiplyAdd(x, Vector512.Create(Unsafe.Add(ref weights, 3)), s3);
            s4 = Vector512.FusedMultiplyAdd(x, Vector512.Create(Unsafe.Add(ref weights, 4)), s4);
            s5 = Vector512.FusedMultiplyAdd(x, Vector512.Create(Unsafe.Add(ref weights, 5)), s5);
            s6 = Vector512.FusedMultiplyAdd(x, Vector512.Create(Unsafe.Add(ref weights, 6)), s6);
            s7 = Vector512.FusedMultiplyAdd(x, Vector512.Create(Unsafe.Add(ref weights, 7)), s7);
            weights = ref Unsafe.Add(ref weights, Together);
        }

        (outputs[0], outputs[1], outputs[2], outputs[3]) = (s0, s1, s2, s3);
        (outputs[4], outputs[5], outputs[6], outputs[7]) = (s4, s5, s6, s7);
    }

    // Less than eight, four at a time: one after the other, each product would wait for the one before. Behind the last output the weights are 0.
    private void AddRest(ref Vector512<float> input, ref float weights, Span<Vector512<float>> outputs)
    {
        for (int output = 0; output < outputs.Length; output += 4)
        {
            Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int i = 0; i < _inputs; i++)
            {
                Vector512<float> x = Unsafe.Add(ref input, i);
                ref float four = ref Unsafe.Add(ref weights, (i * Together) + output);
                s0 = Vector512.FusedMultiplyAdd(x, Vector512.Create(four), s0);
                s1 = Vector512.FusedMultiplyAdd(x, Vector512.Create(Unsafe.Add(ref four, 1)), s1);
                s2 = Vector512.FusedMultiplyAdd(x, Vector512.Create(Unsafe.Add(ref four, 2)), s2);
                s3 = Vector512.FusedMultiplyAdd(x, Vector512.Create(Unsafe.Add(ref four, 3)), s3);
            }

            ReadOnlySpan<Vector512<float>> sums = [s0, s1, s2, s3];
            for (int i = 0; i < 4 && output + i < outputs.Length; i++)
            {
                outputs[output + i] += sums[i];
            }
        }
    }
}
