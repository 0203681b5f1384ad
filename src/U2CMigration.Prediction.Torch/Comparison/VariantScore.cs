namespace U2CMigration.Prediction.Torch.Comparison;

/// <summary>How well a variant of the model predicts the next sample of the unstable pages of a family.</summary>
/// <param name="Variant">The name of the variant.</param>
/// <param name="Family">The family.</param>
/// <param name="HeldOut">Whether it never saw the family; else it saw the earlier part of the same traces.</param>
/// <param name="Examples">How many pages were predicted.</param>
/// <param name="LogLoss">Mean loss, in nats.</param>
/// <param name="F1">F1 at a threshold of one half, pooled over pages.</param>
/// <param name="PrAuc">Area under the curve of precision over recall, as average precision.</param>
/// <param name="CalibrationError">Expected calibration error over 15 bins of equal width.</param>
public sealed record VariantScore(string Variant, string Family, bool HeldOut, int Examples, double LogLoss, double F1, double PrAuc, double CalibrationError);
