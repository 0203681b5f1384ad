using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Forests;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Traces;
using U2CMigration.Prediction.TwoPhase;

namespace PredictionEvaluation;

/// <summary>The predictors that are compared, the trained ones without a family.</summary>
public sealed class PredictorSet
{
    private const int Seed = 1;
    private const int PagesPerTrace = 40_000;

    private readonly RandomForest? _forest;

    private PredictorSet(RandomForest? forest) => _forest = forest;

    /// <summary>Trains what has to be trained with the traces of all other families.</summary>
    public static PredictorSet WithoutFamily(string family, IReadOnlyList<EvaluatedTrace> traces)
    {
        var trainer = new RandomForestTrainer(Seed);
        foreach (EvaluatedTrace trace in traces.Where(trace => trace.Family != family && trace.Oracle is null))
        {
            var histories = new PageHistories();
            foreach (TraceSample sample in trace.Trace.Samples)
            {
                histories.Observe(sample);
                trainer.Collect(histories, PagesPerTrace / trace.Trace.Samples.Count);
            }
        }

        return new PredictorSet(trainer.Count > 0 ? trainer.Train() : null);
    }

    /// <summary>Fresh predictors for a trace.</summary>
    public IEnumerable<IPagePredictor> Create(Func<IPagePredictor>? oracle)
    {
        yield return new LastValuePredictor();
        yield return new FrequencyPredictor();
        yield return new ExponentialPredictor();
        yield return new DataShiftPredictor(DataShiftOptions.Published);
        yield return new MarkovPredictor();
        yield return new ArimaPredictor();
        if (_forest is not null)
        {
            yield return new RandomForestPredictor(_forest);
        }

        yield return new TwoPhasePredictor();
        if (oracle is not null)
        {
            yield return oracle();
        }
    }
}
