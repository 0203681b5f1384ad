using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Forests;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Recurrent;
using U2CMigration.Prediction.Traces;
using U2CMigration.Prediction.TwoPhase;

namespace PredictionEvaluation;

/// <summary>The predictors that are compared, the trained ones without a family.</summary>
public sealed class PredictorSet
{
    private const string AttentionModel = "attention";
    private const string LstmModel = "lstm";
    private const string Forest = "random-forest";
    private const int Seed = 1;
    private const int PagesPerTrace = 40_000;

    private readonly RandomForest? _forest;

    private readonly IReadOnlyCollection<string> _names;
    private readonly WeightSet _attention;
    private readonly WeightSet _lstm;

    private PredictorSet(RandomForest? forest, (WeightSet Weights, bool HeldOut) attention, (WeightSet Weights, bool HeldOut) lstm, IReadOnlyCollection<string> names)
    {
        _forest = forest;
        _names = names;
        (_attention, _lstm) = (attention.Weights, lstm.Weights);
        HeldOut = attention.HeldOut && lstm.HeldOut;
    }

    /// <summary>Whether none of the trained predictors saw the family.</summary>
    public bool HeldOut { get; }

    /// <summary>Trains what has to be trained with the traces of all other families.</summary>
    public static PredictorSet WithoutFamily(string family, IReadOnlyList<EvaluatedTrace> traces, HeldOutWeights weights, IReadOnlyCollection<string> names)
    {
        bool synthetic = traces.Any(trace => trace.Family == family && trace.Oracle is not null);
        RandomForest? forest = Grow([.. traces.Where(trace => trace.Family != family)], static trace => trace.Trace.Samples.Count, names);
        return new PredictorSet(forest, weights.For(AttentionModel, family, synthetic), weights.For(LstmModel, family, synthetic), names);
    }

    /// <summary>Trains what has to be trained with the earlier part of all traces, as the weights that ship are.</summary>
    public static PredictorSet OnEarlierPart(IReadOnlyList<EvaluatedTrace> traces, IReadOnlyCollection<string> names) => new(
        Grow(traces, Trainings.EarlierSamples, names), (WeightSet.Shipped(AttentionModel), false), (WeightSet.Shipped(LstmModel), false), names);

    private static RandomForest? Grow(IReadOnlyList<EvaluatedTrace> traces, Func<EvaluatedTrace, int> samples, IReadOnlyCollection<string> names)
    {
        var trainer = new RandomForestTrainer(Seed);
        bool wanted = names.Count == 0 || names.Contains(Forest);
        foreach (EvaluatedTrace trace in traces.Where(trace => wanted && trace.Oracle is null))
        {
            var histories = new PageHistories();
            foreach (TraceSample sample in trace.Trace.Samples.Take(samples(trace)))
            {
                histories.Observe(sample);
                trainer.Collect(histories, PagesPerTrace / trace.Trace.Samples.Count);
            }
        }

        return trainer.Count > 0 ? trainer.Train() : null;
    }

    /// <summary>Fresh predictors for a trace.</summary>
    public IEnumerable<IPagePredictor> Create(Func<IPagePredictor>? oracle)
    {
        IEnumerable<IPagePredictor> chosen = All().Where(predictor => _names.Count == 0 || _names.Contains(predictor.Name));
        return oracle is null ? chosen : chosen.Append(oracle());
    }

    private IEnumerable<IPagePredictor> All()
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

        yield return new LstmPredictor(_lstm);
        yield return new AttentionPredictor(_attention);
        yield return new TwoPhasePredictor(new AttentionPredictor(_attention));
    }
}
