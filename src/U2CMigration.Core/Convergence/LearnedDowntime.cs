using System.Text.Json.Serialization;

namespace U2CMigration.Core.Convergence;

/// <summary>What was learned of the downtimes between this host and another, as it is written down.</summary>
/// <param name="Factors">By how much each part of the first guess is wrong.</param>
/// <param name="Covariance">How certain that is, row by row.</param>
/// <param name="Migrations">From how many migrations.</param>
/// <param name="Seen">When the last one was.</param>
internal sealed record LearnedDowntime(double[] Factors, double[] Covariance, int Migrations, DateTimeOffset Seen);

[JsonSerializable(typeof(Dictionary<string, LearnedDowntime>))]
internal sealed partial class LearnedText : JsonSerializerContext;
