using System.Globalization;
using U2CMigration.Prediction.Evaluation;
using U2CMigration.Prediction.Traces;

namespace PredictionEvaluation;

/// <summary>Adds up the scores of traces of the same family and load, and of the whole family.</summary>
/// <param name="training">What trained predictors were trained with.</param>
public sealed class ScoreBook(string training)
{
    /// <summary>The predictor whose F1 is the oracle's.</summary>
    public const string Oracle = "oracle";

    /// <summary>The load of rows about a whole family.</summary>
    public const string AllLoads = "all";

    private const double UsualInterval = 0.25;

    private readonly Dictionary<Key, Entry> _entries = [];

    public void Add(TraceHeader header, IReadOnlyList<PredictorResult> results, bool heldOut)
    {
        foreach (PredictorResult result in results)
        {
            Of(header.Family, LoadOf(header), result).Add(result, heldOut);
            Of(header.Family, AllLoads, result).Add(result, heldOut);
        }
    }

    public IReadOnlyList<EvaluationRow> ToRows() =>
    [
        .. from pair in _entries
           orderby pair.Key.Family, pair.Key.Load, pair.Key.Pages, pair.Key.Horizon
           where pair.Key.Predictor != Oracle
           select Row(pair.Key, pair.Value),
    ];

    // Sampled four times as often, the same load is another problem.
    private static string LoadOf(TraceHeader header)
    {
        double seconds = Math.Round(header.Interval.TotalSeconds, 2);
        return seconds == UsualInterval ? header.Load : string.Create(CultureInfo.InvariantCulture, $"{header.Load}, {seconds} s");
    }

    private EvaluationRow Row(Key key, Entry entry)
    {
        PredictionScore score = entry.Score;
        return new EvaluationRow
        {
            Family = key.Family,
            Load = key.Load,
            HeldOut = entry.HeldOut,
            Training = training,
            Predictor = key.Predictor,
            Horizon = key.Horizon,
            Pages = key.Pages == PageKind.All ? "all" : "unstable",
            Predictions = score.Predictions,
            WrittenShare = (score.Confusion.TruePositives + score.Confusion.FalseNegatives) / (double)Math.Max(1, score.Predictions),
            Precision = score.Confusion.Precision,
            Recall = score.Confusion.Recall,
            F1PerPage = Finite(score.PageF1),
            F1Pooled = score.Confusion.F1,
            F1OwnThreshold = score.OwnConfusion.F1,
            PrAuc = Finite(score.Histogram.AveragePrecision()),
            LogLoss = Finite(score.Histogram.LogLoss()),
            CalibrationError = score.Reliability.CalibrationError(),
            OracleF1 = _entries.TryGetValue(key with { Predictor = Oracle }, out Entry? oracle) ? oracle.Score.Confusion.F1 : null,
            MsPerRound = entry.Milliseconds / entry.Traces,
            Reliability = [.. Enumerable.Range(0, Reliability.Bins).Select(bin => score.Reliability[bin])],
        };
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private Entry Of(string family, string load, PredictorResult result)
    {
        var key = new Key(family, load, result.Predictor, result.Horizon, result.Pages);
        if (!_entries.TryGetValue(key, out Entry? entry))
        {
            _entries.Add(key, entry = new Entry());
        }

        return entry;
    }

    private readonly record struct Key(string Family, string Load, string Predictor, int Horizon, PageKind Pages);

    private sealed class Entry
    {
        public PredictionScore Score { get; } = new();

        public int Traces { get; private set; }

        public bool HeldOut { get; private set; }

        public double Milliseconds { get; private set; }

        public void Add(PredictorResult result, bool heldOut)
        {
            Score.Add(result.Score);
            Milliseconds += result.TimePerRound.TotalMilliseconds;
            Traces++;
            HeldOut = heldOut;
        }
    }
}
