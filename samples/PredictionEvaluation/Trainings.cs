namespace PredictionEvaluation;

/// <summary>What trained predictors are trained with before they are judged by a family.</summary>
public static class Trainings
{
    /// <summary>All other families. Every sample counts.</summary>
    public const string OtherFamilies = "other families";

    /// <summary>The earlier part of all families. The later part counts.</summary>
    public const string EarlierPart = "earlier part";

    /// <summary>The earlier part of a trace, as <c>eng/train.sh</c> takes it.</summary>
    public static int EarlierSamples(EvaluatedTrace trace) => (int)(trace.Trace.Samples.Count * 0.8);
}
