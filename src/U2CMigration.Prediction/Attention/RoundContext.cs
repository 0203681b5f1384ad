using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Attention;

/// <summary>The inputs that all pages of a container have in common in one round.</summary>
internal sealed class RoundContext
{
    /// <summary>Common inputs for each sample looked back on: share of pages written (plain, and its logarithm), likeness, interval, system-level features.</summary>
    public const int TokenFeatures = 4 + SystemFeatures;

    /// <summary>Common inputs for the round: shares now and over 4 and 16 samples, likeness of the best moment, interval, system-level features.</summary>
    public const int SummaryFeatures = 5 + SystemFeatures;

    /// <summary>How many system-level features a sample has.</summary>
    public const int SystemFeatures = Histories.SystemFeatures.Count;

    /// <summary>How many ways to weigh similar moments.</summary>
    public const int VoteKinds = 2;

    /// <summary>Inputs of each sample, <c>[Window, TokenFeatures]</c>.</summary>
    public float[] Tokens { get; } = new float[PageInput.Window * TokenFeatures];

    /// <summary>Inputs of the round, <c>[SummaryFeatures]</c>.</summary>
    public float[] Summary { get; } = new float[SummaryFeatures];

    /// <summary>Weights of similar moments, <c>[VoteKinds, Horizons, Window]</c>.</summary>
    public float[] Votes { get; } = new float[VoteKinds * PagePrediction.Horizons * PageInput.Window];

    /// <summary>Logarithms of odds for each description of a page's past; see <see cref="ContextTables"/>.</summary>
    public float[] Logits { get; } = new float[ContextTables.Count];

    /// <summary>The weights of one vote.</summary>
    public Span<float> Vote(int kind, int horizon) =>
        Votes.AsSpan(((kind * PagePrediction.Horizons) + horizon) * PageInput.Window, PageInput.Window);
}
