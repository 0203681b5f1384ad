using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Says which pages of a chunk a predictor is responsible for, one bit a page.</summary>
/// <param name="histories">The histories.</param>
/// <param name="chunk">The chunk.</param>
/// <param name="age">0 for what it is responsible for now, n for what it was n samples ago.</param>
/// <param name="pages">Receives <see cref="PageHistories.ChunkWords"/> words.</param>
public delegate void PageSelection(PageHistories histories, int chunk, int age, Span<ulong> pages);
