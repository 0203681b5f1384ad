using U2CMigration.Prediction.Blocks;

namespace U2CMigration.Prediction.Networks;

/// <summary>A network's workers for those of a <see cref="BlockPass"/>.</summary>
internal sealed class NetworkWorkers<T>(NetworkWorker<T> first, NetworkWorker<T> second)
    where T : unmanaged, IEquatable<T>
{
    /// <summary>How many pages were predicted by their last value, ever.</summary>
    public long Fallbacks => first.Fallbacks + second.Fallbacks;

    /// <summary>How many inputs were evaluated in the last prediction.</summary>
    public int Evaluated => first.Evaluated + second.Evaluated;

    /// <summary>See <see cref="IBlockModel.Begin"/>.</summary>
    public void Begin()
    {
        first.Begin();
        second.Begin();
    }

    /// <summary>See <see cref="IBlockModel.Predict"/>.</summary>
    public void Predict(BlockView block, int worker, ModelAnswers answers, int at) => (worker == 0 ? first : second).Collect(block, answers, at);

    /// <summary>See <see cref="IBlockModel.End"/>.</summary>
    public void End(int worker, ModelAnswers answers) => (worker == 0 ? first : second).Answer(answers);
}
