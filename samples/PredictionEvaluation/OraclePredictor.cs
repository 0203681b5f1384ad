using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Traces.Synthetic;

namespace PredictionEvaluation;

/// <summary>Knows the law of a synthetic workload: runs another copy of it side by side with the trace.</summary>
public sealed class OraclePredictor(ISyntheticWorkload workload) : IPagePredictor
{
    private readonly bool[] _written = new bool[workload.Pages];
    private readonly double[] _probabilities = new double[workload.Pages];

    public string Name => ScoreBook.Oracle;

    public void Learn(PageHistories histories)
    {
        if (histories.SampleCount > 1)
        {
            workload.Advance(_written);
        }
    }

    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            workload.Predict(horizon + 1, _probabilities);
            for (int block = 0; block < prediction.Blocks.Count; block++)
            {
                int first = (int)((prediction.Blocks[block].Start - SyntheticTrace.FirstAddress) >> 12);
                Span<float> values = prediction.Probabilities(block, horizon);
                for (int page = 0; page < values.Length; page++)
                {
                    values[page] = first + page < _probabilities.Length ? (float)_probabilities[first + page] : 0;
                }
            }
        }
    }
}
