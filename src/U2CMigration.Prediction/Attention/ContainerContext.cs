using System.Numerics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Attention;

/// <summary>Watches a container as a whole, sample by sample, and gives the inputs that all its pages have in common.</summary>
internal sealed class ContainerContext
{
    // Enough for steady counts; more would take longer than the prediction.
    private const int MostPages = 8192;
    private const int MostChunks = 64;
    private const float Sharp = 10;
    private const float Sharper = 40;

    // System figures come in standard deviations.
    private const float SystemScale = 0.25f;

    private readonly InputSelection _selection;
    private readonly InputReader _reader;
    private readonly SimilarMoments _moments = new();
    private readonly ContextTables _tables = new();
    private int _nextChunk = 1;

    public ContainerContext(InputSelection selection)
    {
        _selection = selection;
        _reader = new InputReader(selection);
    }

    /// <summary>How many common inputs were not numbers and were taken as 0, their mean.</summary>
    public long NotNumbers { get; private set; }

    /// <summary>Takes in the newest sample.</summary>
    public void Learn(PageHistories histories)
    {
        _moments.Observe(histories);
        if (_selection.HasFlag(InputSelection.Container))
        {
            _tables.Fade();
            CountOutcomes(histories);
        }
    }

    /// <summary>Fills in the inputs of this round.</summary>
    public void Fill(PageHistories histories, RoundContext round)
    {
        int samples = (int)Math.Min(histories.SampleCount, PageHistories.Depth);
        FillTokens(histories, round, samples);
        FillSummary(histories, round, samples);
        round.Votes.AsSpan().Clear();
        round.Logits.AsSpan().Clear();
        if (_selection.HasFlag(InputSelection.Container))
        {
            _tables.FillLogits(round.Logits);
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                _moments.FillVotes(horizon, Sharp, samples, round.Vote(0, horizon));
                _moments.FillVotes(horizon, Sharper, samples, round.Vote(1, horizon));
            }
        }

        NotNumbers += Clean(round.Tokens) + Clean(round.Summary);
    }

    private void CountOutcomes(PageHistories histories)
    {
        int chunks = histories.ChunkCount - 1;
        int pages = 0;
        int visited = 0;
        for (int i = 0; i < chunks && pages < MostPages && visited < MostChunks; i++)
        {
            int chunk = 1 + (_nextChunk++ % chunks);
            if (!IsActive(histories, chunk))
            {
                continue;
            }

            visited++;
            _reader.Open(histories, chunk);
            for (int page = 0; page < PageHistories.ChunkPages; page++)
            {
                if (_reader.Dirty(page) != 0)
                {
                    _reader.Read(page, out PageInput input);
                    _tables.Observe(in input);
                    pages++;
                }
            }
        }
    }

    private static bool IsActive(PageHistories histories, int chunk)
    {
        ulong any = 0;
        for (int age = 0; age < PageHistories.Depth && any == 0; age++)
        {
            foreach (ulong word in histories.DirtyRow(chunk, age))
            {
                any |= word;
            }
        }

        return any != 0;
    }

    private void FillTokens(PageHistories histories, RoundContext round, int samples)
    {
        Span<float> tokens = round.Tokens;
        tokens.Clear();
        for (int age = 0; age < Math.Min(samples, PageInput.Window); age++)
        {
            Span<float> token = tokens.Slice(age * RoundContext.TokenFeatures, RoundContext.TokenFeatures);
            token[0] = _moments.Share(age);
            token[1] = Logarithm(_moments.Share(age));
            token[2] = _selection.HasFlag(InputSelection.Container) ? _moments.Likeness(age) : 0;
            token[3] = LogarithmOfSeconds(histories.Seconds(age));
            FillSystem(histories, age, token[4..]);
        }
    }

    private void FillSummary(PageHistories histories, RoundContext round, int samples)
    {
        Span<float> summary = round.Summary;
        summary.Clear();
        if (samples == 0)
        {
            return;
        }

        float best = 0;
        for (int age = 1; age < Math.Min(samples, PageInput.Window); age++)
        {
            best = Math.Max(best, _moments.Likeness(age));
        }

        summary[0] = Logarithm(_moments.Share(0));
        summary[1] = Logarithm(MeanShare(Math.Min(samples, 4)));
        summary[2] = Logarithm(MeanShare(Math.Min(samples, 16)));
        summary[3] = _selection.HasFlag(InputSelection.Container) ? best : 0;
        summary[4] = LogarithmOfSeconds(histories.Seconds(0));
        FillSystem(histories, 0, summary[5..]);
    }

    private void FillSystem(PageHistories histories, int age, Span<float> features)
    {
        if (_selection.HasFlag(InputSelection.System))
        {
            ReadOnlySpan<float> row = histories.System.Row(age);
            for (int i = 0; i < row.Length; i++)
            {
                features[i] = row[i] * SystemScale;
            }
        }
    }

    private float MeanShare(int samples)
    {
        float sum = 0;
        for (int age = 0; age < samples; age++)
        {
            sum += _moments.Share(age);
        }

        return sum / samples;
    }

    // From 0 for no page in 10,000 to 1 for all of them.
    private static float Logarithm(float share) => 1 + (MathF.Log10(share + 1e-4f) / 4);

    private static float LogarithmOfSeconds(float seconds) => MathF.Log10(Math.Clamp(seconds, 0.01f, 100f)) / 2;

    private static int Clean(Span<float> values)
    {
        int count = 0;
        foreach (ref float value in values)
        {
            if (!float.IsFinite(value))
            {
                value = 0;
                count++;
            }
        }

        return count;
    }
}
