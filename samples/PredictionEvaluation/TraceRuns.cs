using Spectre.Console;
using U2CMigration.Prediction.Evaluation;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Traces;

namespace PredictionEvaluation;

/// <summary>Runs all traces and adds up the scores of each family and load.</summary>
public static class TraceRuns
{
    /// <summary>Trained predictors are trained without the family that they are judged by.</summary>
    public static async Task<IReadOnlyList<EvaluationRow>> WithoutFamilyAsync(
        IReadOnlyList<EvaluatedTrace> traces, HeldOutWeights weights, IReadOnlyCollection<string> names, ProgressTask progress, CancellationToken cancellationToken)
    {
        var scores = new ScoreBook(Trainings.OtherFamilies);
        foreach (IGrouping<string, EvaluatedTrace> family in traces.GroupBy(static trace => trace.Family))
        {
            await RunAsync(family, PredictorSet.WithoutFamily(family.Key, traces, weights, names), static _ => PredictorEvaluation.WarmUp, scores, progress, cancellationToken);
        }

        return scores.ToRows();
    }

    /// <summary>Trained predictors are trained with the earlier part of recorded traces, and judged by the later one.</summary>
    public static async Task<IReadOnlyList<EvaluationRow>> OnEarlierPartAsync(
        IReadOnlyList<EvaluatedTrace> traces, IReadOnlyCollection<string> names, ProgressTask progress, CancellationToken cancellationToken)
    {
        var scores = new ScoreBook(Trainings.EarlierPart);
        IEnumerable<EvaluatedTrace> recorded = traces.Where(static trace => trace.Oracle is null);
        await RunAsync(recorded, PredictorSet.OnEarlierPart(traces, names), Trainings.EarlierSamples, scores, progress, cancellationToken);
        return scores.ToRows();
    }

    private static Task RunAsync(
        IEnumerable<EvaluatedTrace> traces, PredictorSet predictors, Func<EvaluatedTrace, int> uncounted, ScoreBook scores, ProgressTask progress, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            traces,
            cancellationToken,
            (trace, cancellation) =>
            {
                IReadOnlyList<PredictorResult> results = Run(trace, predictors, uncounted(trace), cancellation);
                lock (scores)
                {
                    scores.Add(trace.Trace.Header, results, predictors.HeldOut);
                    progress.Increment(1);
                }

                return ValueTask.CompletedTask;
            });

    private static IReadOnlyList<PredictorResult> Run(EvaluatedTrace trace, PredictorSet predictors, int uncounted, CancellationToken cancellationToken)
    {
        var evaluation = new PredictorEvaluation(predictors.Create(trace.Oracle), uncounted);
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
