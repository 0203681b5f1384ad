namespace U2CMigration.Prediction.Torch.Training;

/// <summary>How far training is.</summary>
/// <param name="Fraction">From 0 to 1; reaches 1 also when training stops early.</param>
/// <param name="Epoch">The pass, from 1.</param>
/// <param name="TrainingLoss">Mean loss of the pass so far, in nats.</param>
/// <param name="ValidationLoss">Loss on the validation examples after the pass before; not a number in the first.</param>
public readonly record struct TrainingProgress(double Fraction, int Epoch, double TrainingLoss, double ValidationLoss);
