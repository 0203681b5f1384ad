namespace U2CMigration.Prediction.Networks;

/// <summary>A named array of weights.</summary>
/// <param name="Name">The name, unique in its set.</param>
/// <param name="Shape">The lengths of its axes.</param>
/// <param name="Values">The values, last axis fastest.</param>
public sealed record WeightTensor(string Name, IReadOnlyList<int> Shape, float[] Values);
