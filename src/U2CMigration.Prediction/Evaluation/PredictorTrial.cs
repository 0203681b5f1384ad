using System.Diagnostics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Evaluation;

/// <summary>One predictor on its way through a trace: its last predictions, and its scores.</summary>
internal sealed class PredictorTrial
{
    private static readonly PageKind[] Kinds = Enum.GetValues<PageKind>();

    private readonly IPagePredictor _predictor;
    private readonly PagePrediction[] _predictions = [.. Enumerable.Range(0, PagePrediction.Horizons).Select(static _ => new PagePrediction())];
    private readonly ScoreKeeper[] _scores = [.. Enumerable.Range(0, PagePrediction.Horizons * Kinds.Length).Select(static _ => new ScoreKeeper())];
    private long _ticks;
    private long _rounds;

    public PredictorTrial(IPagePredictor predictor) => _predictor = predictor;

    /// <summary>Judges what was said about the newest sample, then asks about the next ones.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="selections">The pages that count, by sample of the prediction.</param>
    /// <param name="counts">False while predictors warm up.</param>
    public void Step(PageHistories histories, UnstableSelections selections, bool counts)
    {
        long now = histories.SampleCount - 1;
        for (int horizon = 0; horizon < PagePrediction.Horizons && now - 1 - horizon >= 0; horizon++)
        {
            long made = now - 1 - horizon;
            PagePrediction prediction = _predictions[made % _predictions.Length];
            Keeper(horizon, PageKind.All).Judge(histories, prediction, horizon, selections.Of(made, PageKind.All), counts);
            Keeper(horizon, PageKind.Unstable).Judge(histories, prediction, horizon, selections.Of(made, PageKind.Unstable), counts);
        }

        PagePrediction next = _predictions[now % _predictions.Length];
        next.PrepareAll(histories);
        long started = Stopwatch.GetTimestamp();
        _predictor.Learn(histories);
        _predictor.Predict(histories, next);
        _ticks += Stopwatch.GetTimestamp() - started;
        _rounds++;
    }

    public IEnumerable<PredictorResult> Finish() =>
        from horizon in Enumerable.Range(0, PagePrediction.Horizons)
        from kind in Kinds
        select new PredictorResult(
            _predictor.Name, horizon + 1, kind, Keeper(horizon, kind).Finish(), Stopwatch.GetElapsedTime(0, _ticks / Math.Max(1, _rounds)));

    private ScoreKeeper Keeper(int horizon, PageKind kind) => _scores[(horizon * Kinds.Length) + (int)kind];
}
