namespace U2CMigration.Prediction.Evaluation;

/// <summary>How one predictor did on one trace.</summary>
/// <param name="Predictor">Its name.</param>
/// <param name="Horizon">How many samples ahead, from 1.</param>
/// <param name="Pages">Which pages.</param>
/// <param name="Score">The score.</param>
/// <param name="TimePerRound">What learning and predicting for all pages took, at each sample on average.</param>
public sealed record PredictorResult(string Predictor, int Horizon, PageKind Pages, PredictionScore Score, TimeSpan TimePerRound);
