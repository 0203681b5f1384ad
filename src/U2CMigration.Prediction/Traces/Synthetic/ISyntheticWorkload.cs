namespace U2CMigration.Prediction.Traces.Synthetic;

/// <summary>
/// A made-up workload whose law is known, so that the best possible prediction is known too. It runs sample by sample, always in the same way for the
/// same seed. Not safe for concurrent use.
/// </summary>
public interface ISyntheticWorkload
{
    /// <summary>The name in reports, for example <c>zipfian-writes</c>.</summary>
    string Name { get; }

    /// <summary>The law that pages are written by, in words and figures.</summary>
    string Law { get; }

    /// <summary>The number of pages.</summary>
    int Pages { get; }

    /// <summary>Goes on by one sample.</summary>
    /// <param name="written">Receives for each page whether it was written in this sample; as long as <see cref="Pages"/>.</param>
    void Advance(Span<bool> written);

    /// <summary>The probability of each page to be written in a later sample, for one who knows the law and the hidden state now. Nobody can predict better.</summary>
    /// <param name="horizon">How many samples ahead: 1 for the next.</param>
    /// <param name="probabilities">Receives the probabilities; as long as <see cref="Pages"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is below 1, or too long for this workload.</exception>
    void Predict(int horizon, Span<double> probabilities);
}
