namespace U2CMigration.Prediction.Contexts;

/// <summary>How many samples ago the container did most nearly what it does now: three such moments, the most similar first. 0 where there is none.</summary>
internal readonly record struct SimilarMoments(int First, int Second, int Third);
