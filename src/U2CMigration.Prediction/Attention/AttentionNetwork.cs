using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Attention;

/// <summary>The layers of the model, made from weights. Immutable; shared by all threads.</summary>
internal sealed class AttentionNetwork
{
    public AttentionNetwork(WeightSet weights)
    {
        float[][] values = AttentionShape.Values(weights);
        Selection = (InputSelection)weights.Settings;
        Tokens = TokenTables.IsSupported ? new TokenTables(values[0]) : new TokenProducts(values[0]);
        TokenCommon = values[1];
        TokenPosition = values[2];
        Summary = new DenseLayer(values[3], AttentionShape.Hidden, AttentionShape.Summary, 0, AttentionShape.Summary);
        SummaryCommon = values[4];
        SummaryBias = values[5];
        Query = new DenseLayer(values[6], AttentionShape.Heads * AttentionShape.Width, AttentionShape.Hidden, 0, AttentionShape.Hidden);
        QueryBias = values[7];
        Joined = new DenseLayer(values[8], AttentionShape.Hidden, AttentionShape.Joined, 0, AttentionShape.Joined);
        JoinedBias = values[9];
        Output = new DenseLayer(values[10], AttentionShape.Outputs, AttentionShape.Hidden, 0, AttentionShape.Hidden);
        OutputDirect = new DenseLayer(values[11], AttentionShape.Outputs, AttentionShape.Summary, 0, AttentionShape.Summary);
        OutputBias = values[12];
    }

    public InputSelection Selection { get; }

    public ITokenLayer Tokens { get; }

    public float[] TokenCommon { get; }

    public float[] TokenPosition { get; }

    public DenseLayer Summary { get; }

    public float[] SummaryCommon { get; }

    public float[] SummaryBias { get; }

    public DenseLayer Query { get; }

    public float[] QueryBias { get; }

    public DenseLayer Joined { get; }

    public float[] JoinedBias { get; }

    public DenseLayer Output { get; }

    public DenseLayer OutputDirect { get; }

    public float[] OutputBias { get; }
}
