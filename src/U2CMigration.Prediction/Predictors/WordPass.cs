using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Runs an <see cref="IWordModel"/> over all candidates with two threads.</summary>
/// <param name="model">The model; predicting does not change it.</param>
internal sealed class WordPass<TModel>(TModel model) : BlockPass
    where TModel : IWordModel
{
    protected override void Do(PageHistories histories, PagePrediction prediction, int half, int from, int to) =>
        WordPrediction.Run(model, histories, prediction, from, to);
}
