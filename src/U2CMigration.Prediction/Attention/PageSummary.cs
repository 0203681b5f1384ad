using System.Numerics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Attention;

/// <summary>The inputs that sum up a page's past: rates over several spans, gaps, runs, its own echo, neighbours, and what the container's past says about pages like it.</summary>
internal static class PageSummary
{
    /// <summary>How many inputs these are; the last <see cref="Votes"/> of them and the echo are filled in by <see cref="LaneInputs"/>.</summary>
    public const int Features = 50;

    /// <summary>Where the votes of similar moments stand.</summary>
    public const int FirstVote = Features - Votes;

    /// <summary>Where the echo stands.</summary>
    public const int FirstEcho = 31;

    /// <summary>How many votes there are.</summary>
    public const int Votes = RoundContext.VoteKinds * PagePrediction.Horizons;

    private const float LogitScale = 0.25f;

    private static readonly float[] Logarithms = Table(static count => MathF.Log2(1 + count) / 6);
    private static readonly float[] HalfLogarithms = Table(static count => MathF.Log(count + 0.5f));

    /// <summary>Writes the inputs of one page.</summary>
    /// <param name="input">The page.</param>
    /// <param name="round">The round.</param>
    /// <param name="features">The first input; the others follow at a distance.</param>
    /// <param name="distance">The distance.</param>
    public static void Fill(in PageInput input, RoundContext round, Span<float> features, int distance)
    {
        Writer writer = new(features, distance);
        FillRates(input, ref writer);
        FillNeighbours(input, ref writer);
        writer.Skip(PageEcho.Features);
        FillLogits(input, round, ref writer);
    }

    private static void FillRates(in PageInput input, ref Writer writer)
    {
        ulong dirty = input.Dirty;
        int samples = Math.Max(1, (int)input.Samples);
        for (int age = 0; age < 4; age++)
        {
            writer.Add((dirty >> age) & 1);
        }

        int written = BitOperations.PopCount(dirty);
        int recent = BitOperations.PopCount(dirty & 0xFFFF);
        writer.Add(BitOperations.PopCount(dirty & 0xF) / (float)Math.Min(samples, 4));
        writer.Add(recent / (float)Math.Min(samples, 16));
        writer.Add(written / (float)samples);
        writer.Add(Logit(written, samples));
        writer.Add(Logit(recent, Math.Min(samples, 16)));
        int since = Math.Min(samples, BitOperations.TrailingZeroCount(dirty));
        ulong before = since >= 63 ? 0 : dirty >> (since + 1);
        writer.Add(Logarithm(since));
        writer.Add(Logarithm(Math.Min(samples, BitOperations.TrailingZeroCount(before))));
        writer.Add(Logarithm(Math.Min(samples, (dirty & 1) != 0 ? BitOperations.TrailingZeroCount(~dirty) : since)));
        FillChanges(dirty, samples, ref writer);
        writer.Add(Logarithm(samples));
        writer.Add(input.Accessed & 1);
        writer.Add(BitOperations.PopCount(input.Accessed & 0xFFFF) / (float)Math.Min(samples, 16));
    }

    // How often the page changed, and how often a write followed what the page did last.
    private static void FillChanges(ulong dirty, int samples, ref Writer writer)
    {
        ulong pairs = samples >= 64 ? ulong.MaxValue >> 1 : (1UL << (samples - 1)) - 1;
        ulong now = (dirty & 1) != 0 ? dirty >> 1 : ~(dirty >> 1);
        writer.Add(BitOperations.PopCount((dirty ^ (dirty >> 1)) & pairs) / (float)samples);
        writer.Add(Logit(BitOperations.PopCount(now & dirty & pairs), BitOperations.PopCount(now & pairs)));
    }

    private static void FillNeighbours(in PageInput input, ref Writer writer)
    {
        for (int age = 0; age < 2; age++)
        {
            writer.Add(input.Left(age) / 4f);
            writer.Add(input.Right(age) / 4f);
        }

        int sum = BitOperations.PopCount(input.Left0 & 0xFFFF) + BitOperations.PopCount(input.Right0 & 0xFFFF)
            + (2 * (BitOperations.PopCount(input.Left1 & 0xFFFF) + BitOperations.PopCount(input.Right1 & 0xFFFF)))
            + (4 * (BitOperations.PopCount(input.Left2 & 0xFFFF) + BitOperations.PopCount(input.Right2 & 0xFFFF)));
        writer.Add(sum / (8f * Math.Clamp((int)input.Samples, 1, 16)));
        for (int age = 0; age < 3; age++)
        {
            writer.Add(input.Wide(age) / (float)PageInput.WideLevels);
            writer.Add(((input.Beside >> (4 * age)) & 15) / (float)PageInput.WideLevels);
            writer.Add(((input.Beside >> (12 + (4 * age))) & 15) / (float)PageInput.WideLevels);
        }
    }

    private static void FillLogits(in PageInput input, RoundContext round, ref Writer writer)
    {
        int recent = PageContext.Recent(input.Dirty);
        int rate = PageContext.Rate(input.Dirty, (int)input.Samples, input.Left(0) + input.Right(0));
        int gaps = PageContext.Gaps(input.Dirty);
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            writer.Add(round.Logits[ContextTables.At(0, horizon, recent)] * LogitScale);
            writer.Add(round.Logits[ContextTables.At(1, horizon, rate)] * LogitScale);
            writer.Add(round.Logits[ContextTables.At(2, horizon, gaps)] * LogitScale);
        }
    }

    private static float Logit(int written, int seen) => LogitScale * (HalfLogarithms[written] - HalfLogarithms[seen - written]);

    private static float Logarithm(int count) => Logarithms[count];

    private static float[] Table(Func<int, float> of)
    {
        float[] table = new float[PageHistories.Depth + 1];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = of(i);
        }

        return table;
    }

    private ref struct Writer(Span<float> features, int distance)
    {
        private readonly Span<float> _features = features;
        private int _next;

        public void Add(float value)
        {
            _features[_next] = value;
            _next += distance;
        }

        public void Skip(int features) => _next += features * distance;
    }
}
