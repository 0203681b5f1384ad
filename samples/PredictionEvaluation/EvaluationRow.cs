using System.Text.Json;
using System.Text.Json.Serialization;

namespace PredictionEvaluation;

/// <summary>One predictor on one family and load, for one horizon and kind of pages.</summary>
public sealed record EvaluationRow
{
    /// <summary>How rows are written as JSON; what is not a number becomes null.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    public required string Family { get; init; }

    /// <summary>The load; <c>all</c> for all of the family together.</summary>
    public required string Load { get; init; }

    /// <summary>Whether what the predictor was trained with did not come from this family. True for those that are not trained at all.</summary>
    public required bool HeldOut { get; init; }

    /// <summary>What trained predictors were trained with; see <see cref="Trainings"/>.</summary>
    public string Training { get; init; } = Trainings.OtherFamilies;

    public required string Predictor { get; init; }

    /// <summary>From 1, the next sample.</summary>
    public required int Horizon { get; init; }

    /// <summary><c>all</c> or <c>unstable</c>.</summary>
    public required string Pages { get; init; }

    public required long Predictions { get; init; }

    /// <summary>The share of the predictions whose page was written.</summary>
    public required double WrittenShare { get; init; }

    public required double Precision { get; init; }

    public required double Recall { get; init; }

    public required double? F1PerPage { get; init; }

    public required double F1Pooled { get; init; }

    /// <summary>Pooled F1 with the threshold that the predictor gives itself.</summary>
    public required double F1OwnThreshold { get; init; }

    public required double? PrAuc { get; init; }

    /// <summary>Mean negative logarithm of the probability given to what happened, in nats; probabilities count as at least 0.0001 and at most 0.9999.</summary>
    public double? LogLoss { get; init; }

    public required double CalibrationError { get; init; }

    public double? OracleF1 { get; init; }

    public required double MsPerRound { get; init; }

    /// <summary>The reliability diagram: outcomes, mean predicted and happened in each tenth.</summary>
    public required IReadOnlyList<U2CMigration.Prediction.Evaluation.ReliabilityBin> Reliability { get; init; }
}
