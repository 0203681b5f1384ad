namespace U2CMigration.Prediction.Evaluation;

/// <summary>A bin of a <see cref="Reliability"/> diagram.</summary>
/// <param name="Outcomes">How many outcomes fell into it.</param>
/// <param name="Predicted">The mean probability predicted.</param>
/// <param name="Happened">The share that was written.</param>
public readonly record struct ReliabilityBin(long Outcomes, double Predicted, double Happened);
