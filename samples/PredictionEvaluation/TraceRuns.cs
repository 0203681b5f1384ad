using Spectre.Console;
using U2CMigration.Prediction.Evaluation;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Traces;

namespace PredictionEvaluation;

/// <summary>Runs all traces and adds up the scores of each family and load.</summary>
public static class TraceRuns
{
    public static async Task<IReadOnlyList<EvaluationRow>> RunAsync(
        IReadOnlyList<EvaluatedTrace> traces, HeldOutWeights weights, IReadOnlyCollection<string> names, ProgressTask progress, CancellationToken cancellationToken)
    {
        var scores = new ScoreBook();
        foreach (IGrouping<string, EvaluatedTrace> family in traces.GroupBy(static trace => trace.Family))
        {
            PredictorSet predictors = PredictorSet.WithoutFamily(family.Key, traces, weights, names);
            await Parallel.ForEachAsync(
                family,
                cancellationToken,
                (trace, cancellation) =>
                {
                    IReadOnlyList<PredictorResult> results = Run(trace, predictors, cancellation);
                    lock (scores)
                    {
                        scores.Add(trace.Trace.Header, results, predictors.HeldOut);
                        progress.Increment(1);
                    }

                    return ValueTask.CompletedTask;
                });
        }

        return scores.ToRows();
    }

    private static IReadOnlyList<PredictorResult> Run(EvaluatedTrace trace, PredictorSet predictors, CancellationToken cancellationToken)
    {
        var evaluation = new PredictorEvaluation(predictors.Create(trace.Oracle));
        var histories = new PageHistories();
        foreach (TraceSample sample in trace.Trace.Samples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            histories.Observe(sample);
            evaluation.Step(histories);
        }

        return evaluation.Finish();
    }
}
