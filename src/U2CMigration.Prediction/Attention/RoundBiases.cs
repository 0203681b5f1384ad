namespace U2CMigration.Prediction.Attention;

/// <summary>What the common inputs add to the layers: computed once a round, not once a page.</summary>
internal sealed class RoundBiases
{
    /// <summary>For each token, <c>[Window, Width]</c>.</summary>
    public float[] Tokens { get; } = new float[PageInput.Window * AttentionShape.Width];

    /// <summary>For the first hidden layer, <c>[Hidden]</c>.</summary>
    public float[] Summary { get; } = new float[AttentionShape.Hidden];

    /// <summary>Computes them.</summary>
    public void Fill(AttentionNetwork network, RoundContext round)
    {
        for (int age = 0; age < PageInput.Window; age++)
        {
            Span<float> token = Tokens.AsSpan(age * AttentionShape.Width, AttentionShape.Width);
            network.TokenPosition.AsSpan(age * AttentionShape.Width, AttentionShape.Width).CopyTo(token);
            AddProducts(network.TokenCommon, round.Tokens.AsSpan(age * AttentionShape.Common, AttentionShape.Common), token);
        }

        network.SummaryBias.CopyTo(Summary, 0);
        AddProducts(network.SummaryCommon, round.Summary, Summary);
    }

    private static void AddProducts(ReadOnlySpan<float> weights, ReadOnlySpan<float> inputs, Span<float> outputs)
    {
        for (int output = 0; output < outputs.Length; output++)
        {
            for (int input = 0; input < inputs.Length; input++)
            {
                outputs[output] += weights[(output * inputs.Length) + input] * inputs[input];
            }
        }
    }
}
