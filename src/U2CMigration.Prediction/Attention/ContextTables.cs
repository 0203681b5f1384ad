namespace U2CMigration.Prediction.Attention;

/// <summary>Counts, for each description of a page's past, how often a write followed in this container: what makes weights fit a workload they never saw.</summary>
/// <remarks>Old counts fade by <see cref="Fading"/> a sample.</remarks>
internal sealed class ContextTables
{
    private const float Fading = 0.98f;
    private const float PriorWeight = 2;

    private readonly float[] _written = new float[PageContext.Kinds * Horizons * PageContext.Size];
    private readonly float[] _seen = new float[PageContext.Kinds * Horizons * PageContext.Size];

    /// <summary>How many numbers <see cref="FillLogits"/> gives.</summary>
    public const int Count = PageContext.Kinds * Horizons * PageContext.Size;

    private const int Horizons = Predictors.PagePrediction.Horizons;

    /// <summary>The place of a description in the tables.</summary>
    public static int At(int kind, int horizon, int context) => (((kind * Horizons) + horizon) * PageContext.Size) + context;

    /// <summary>Lets older counts fade.</summary>
    public void Fade()
    {
        for (int i = 0; i < Count; i++)
        {
            _written[i] *= Fading;
            _seen[i] *= Fading;
        }
    }

    /// <summary>Counts what the newest sample says about a page: whether it was written, against its past as it was one, two and three samples ago.</summary>
    public void Observe(in PageInput input)
    {
        int written = (int)(input.Dirty & 1);
        int horizons = Math.Min(Horizons, (int)input.Samples - 1);
        for (int horizon = 0; horizon < horizons; horizon++)
        {
            int age = horizon + 1;
            ulong past = input.Dirty >> age;
            Add(At(0, horizon, PageContext.Recent(past)), written);
            Add(At(1, horizon, PageContext.Rate(past, (int)input.Samples - age, input.Left(age) + input.Right(age))), written);
            Add(At(2, horizon, PageContext.Gaps(past)), written);
        }
    }

    /// <summary>The logarithms of the odds of a write, for every description; where little was counted, near those of the container's average.</summary>
    public void FillLogits(Span<float> logits)
    {
        for (int table = 0; table < PageContext.Kinds * Horizons; table++)
        {
            Span<float> written = _written.AsSpan(table * PageContext.Size, PageContext.Size);
            Span<float> seen = _seen.AsSpan(table * PageContext.Size, PageContext.Size);
            float average = (Sum(written) + 0.1f) / (Sum(seen) + 1);
            for (int i = 0; i < PageContext.Size; i++)
            {
                // From both counts, not from a probability: where 400,000 outcomes are all alike, that is exactly one, and its odds are infinite.
                float writes = written[i] + (PriorWeight * average) + 0.02f;
                float others = seen[i] - written[i] + (PriorWeight * (1 - average)) + 0.02f;
                logits[(table * PageContext.Size) + i] = MathF.Log(writes / others);
            }
        }
    }

    private static float Sum(ReadOnlySpan<float> values)
    {
        float sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum;
    }

    private void Add(int at, int written)
    {
        _written[at] += written;
        _seen[at]++;
    }
}
