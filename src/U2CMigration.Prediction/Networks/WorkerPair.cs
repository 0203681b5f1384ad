using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Networks;

/// <summary>Divides the blocks of a prediction among two threads, the caller's and another.</summary>
internal sealed class WorkerPair<T>(NetworkWorker<T> first, NetworkWorker<T> second)
    where T : unmanaged, IEquatable<T>
{
    // Below this many blocks (2 MiB each) waking a thread costs more than it saves.
    private const int WorthTwo = 8;

    /// <summary>How many pages were predicted by their last value, ever.</summary>
    public long Fallbacks => first.Fallbacks + second.Fallbacks;

    /// <summary>How many inputs were evaluated in the last prediction.</summary>
    public int Evaluated { get; private set; }

    /// <summary>Predicts all candidates.</summary>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        int blocks = prediction.Blocks.Count;
        if (blocks < WorthTwo || Environment.ProcessorCount < 2)
        {
            first.Predict(histories, prediction, 0, blocks);
            Evaluated = first.Evaluated;
            return;
        }

        int half = blocks / 2;
        Parallel.Invoke(
            () => first.Predict(histories, prediction, 0, half),
            () => second.Predict(histories, prediction, half, blocks));
        Evaluated = first.Evaluated + second.Evaluated;
    }
}
