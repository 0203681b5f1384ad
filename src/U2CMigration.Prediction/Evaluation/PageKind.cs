namespace U2CMigration.Prediction.Evaluation;

/// <summary>Which pages a score is about.</summary>
public enum PageKind
{
    /// <summary>Every page that is known.</summary>
    All,

    /// <summary>Pages that were neither written in all of the last three samples nor in none of them when the prediction was made: the published test.</summary>
    Unstable,
}
