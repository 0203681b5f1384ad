using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blocks;

/// <summary>Predicts a page from nothing but its own history.</summary>
internal interface IWordModel : IBlockModel
{
    /// <summary>The probabilities of a page to be written in each of the next samples.</summary>
    /// <param name="word">What the page did; bit 0 is the newest sample, bits before the first sample are zero.</param>
    /// <param name="samples">How many bits say something.</param>
    /// <param name="probabilities">Receives one for each horizon.</param>
    void Predict(ulong word, int samples, Span<float> probabilities);

    /// <inheritdoc/>
    void IBlockModel.Predict(BlockView block, int worker, ModelAnswers answers, int at)
    {
        Span<float> probabilities = stackalloc float[PagePrediction.Horizons];
        ulong last = 0;
        bool known = false;
        foreach (int page in block.Pages)
        {
            // Pages that lie together often share a history.
            ulong word = block.Words[page];
            if (word != last || !known)
            {
                (last, known) = (word, true);
                Predict(word, block.Samples, probabilities);
            }

            answers.Set(at++, probabilities[0], probabilities[1], probabilities[2]);
        }
    }
}
