namespace U2CMigration.Prediction.Predictors;

/// <summary>The part of a <see cref="PagePrediction"/> that is about the pages of one chunk of address space.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Start">The address of the first page of the chunk.</param>
/// <param name="Chunk">The number of the chunk in the histories; 0, the empty chunk, when they know none of its pages.</param>
public readonly record struct PredictionBlock(int ProcessId, ulong Start, int Chunk);
