using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Recurrent;

/// <summary>The layers of the LSTM, made from weights. Immutable; shared by all threads.</summary>
internal sealed class LstmNetwork
{
    public LstmNetwork(WeightSet weights)
    {
        float[][] values = LstmShape.Values(weights);
        Input = values[0];
        State = new DenseLayer(values[1], LstmShape.Gates, LstmShape.Hidden, 0, LstmShape.Hidden);
        Bias = values[2];
        Output = new DenseLayer(values[3], PagePrediction.Horizons, LstmShape.Hidden, 0, LstmShape.Hidden);
        OutputBias = values[4];
    }

    public float[] Input { get; }

    public DenseLayer State { get; }

    public float[] Bias { get; }

    public DenseLayer Output { get; }

    public float[] OutputBias { get; }
}
