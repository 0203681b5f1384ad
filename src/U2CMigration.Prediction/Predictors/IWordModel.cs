namespace U2CMigration.Prediction.Predictors;

/// <summary>Predicts a page from nothing but its own history.</summary>
internal interface IWordModel
{
    /// <summary>The probabilities of a page to be written in each of the next samples.</summary>
    /// <param name="word">What the page did; bit 0 is the newest sample, bits before the first sample are zero.</param>
    /// <param name="samples">How many bits say something.</param>
    /// <param name="probabilities">Receives one for each horizon.</param>
    void Predict(ulong word, int samples, Span<float> probabilities);
}
