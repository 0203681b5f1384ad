using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Predicts which pages will be dirtied next, from the samples that it is shown.</summary>
/// <remarks>A sample is one look at the dirty state of every tracked page. Not safe for concurrent use.</remarks>
public interface IPagePredictor
{
    /// <summary>The name in reports, for example <c>last-value</c>.</summary>
    string Name { get; }

    /// <summary>Takes in one sample.</summary>
    /// <param name="dirty">The pages written in the interval that just ended. Not kept.</param>
    void Observe(PageSet dirty);

    /// <summary>Predicts the next sample.</summary>
    /// <param name="candidates">The pages to predict for.</param>
    /// <param name="predictedDirty">Receives those of them that are expected to be written within the next interval.</param>
    void Predict(PageSet candidates, PageSet predictedDirty);
}
