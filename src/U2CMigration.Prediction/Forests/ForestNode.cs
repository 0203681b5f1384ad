namespace U2CMigration.Prediction.Forests;

/// <summary>A node of a tree: a question, or with <paramref name="Figure"/> below zero an answer.</summary>
/// <param name="Figure">Which figure is asked for.</param>
/// <param name="Limit">Up to this it goes on with the next node, above with <paramref name="Other"/>.</param>
/// <param name="Other">The node for larger figures.</param>
/// <param name="Next">The share of training pages here that were written in the next sample.</param>
/// <param name="Second">In the second.</param>
/// <param name="Third">In the third.</param>
internal readonly record struct ForestNode(int Figure, float Limit, int Other, float Next, float Second, float Third);
