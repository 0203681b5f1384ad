using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Predicts which pages will be written in the next samples, from the histories of all pages.</summary>
/// <remarks>
/// Once a sample its owner calls <see cref="PageHistories.Observe(Traces.TraceSample)"/>, then <see cref="Learn"/>; and, whenever it wants to know, <see cref="Predict"/>.
/// Neither allocates for a page, and neither throws because of what the histories hold. Not safe for concurrent use.
/// </remarks>
public interface IPagePredictor
{
    /// <summary>The name in reports, for example <c>last-value</c>.</summary>
    string Name { get; }

    /// <summary>Takes in the newest sample. Once for each sample.</summary>
    /// <param name="histories">The histories, the newest sample included. Not kept.</param>
    void Learn(PageHistories histories);

    /// <summary>Fills in the probability of every candidate to be written in each of the next samples, and the threshold above which it counts as written.</summary>
    /// <param name="histories">The same histories. Not kept.</param>
    /// <param name="prediction">Says for which pages, and receives the result. Probabilities of pages that are no candidates may be left as they are or filled in too.</param>
    void Predict(PageHistories histories, PagePrediction prediction);
}
