using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Attention;

/// <summary>
/// The inputs that sum up the past of 16 pages, one page in each lane: rates over several spans, gaps, runs, its own echo, neighbours, and what the container's past says about
/// pages like it.
/// </summary>
internal sealed class PageSummary
{
    /// <summary>How many inputs these are; echo and votes are filled in by <see cref="LaneInputs"/>.</summary>
    public const int Features = FirstVote + Votes;

    /// <summary>Where the echo stands.</summary>
    public const int FirstEcho = Around + (3 * SamplesAround);

    /// <summary>Where the votes of similar moments stand.</summary>
    public const int FirstVote = FirstLogit + (PageContext.Kinds * PagePrediction.Horizons);

    /// <summary>How many votes there are.</summary>
    public const int Votes = RoundContext.VoteKinds * PagePrediction.Horizons;

    private const int Newest = 0;
    private const int Rate4 = 4;
    private const int Rate16 = 5;
    private const int Rate = 6;
    private const int RateLogit = 7;
    private const int Rate16Logit = 8;
    private const int Since = 9;
    private const int Gap = 10;
    private const int Run = 11;
    private const int Changes = 12;
    private const int FollowedLogit = 13;
    private const int Known = 14;
    private const int Accessed = 15;
    private const int Accessed16 = 16;
    private const int Neighbours = 17;
    private const int Neighbours16 = 21;
    private const int Around = 22;
    private const int SamplesAround = 3;
    private const int FirstLogit = FirstEcho + PageEcho.Features;

    private const int Lanes = LaneInputs.Lanes;
    private const int Other = LaneInputs.OtherFeatures;
    private const int Short = 4;
    private const int Long = 16;
    private const float LogitScale = 0.25f;

    private static readonly float[] Logarithms = Table(static count => MathF.Log2(1 + count) / 6);
    private static readonly float[] HalfLogarithms = Table(static count => MathF.Log(count + 0.5f));

    private readonly int[] _written = new int[Lanes];
    private readonly int[] _changes = new int[Lanes];

    /// <summary>Writes the inputs.</summary>
    /// <param name="pages">Exactly 16 pages.</param>
    /// <param name="round">The round.</param>
    /// <param name="lanes">The other inputs of the pages.</param>
    public void Fill(ReadOnlySpan<PageInput> pages, RoundContext round, LaneInputs lanes)
    {
        Span<Vector512<float>> features = lanes.Summary;
        ref float first = ref Unsafe.As<Vector512<float>, float>(ref MemoryMarshal.GetReference(features));
        for (int lane = 0; lane < Lanes; lane++)
        {
            FillFromTables(in pages[lane], lane, ref Unsafe.Add(ref first, lane));
            FillLogits(in pages[lane], round, ref Unsafe.Add(ref first, (FirstLogit * Lanes) + lane));
        }

        ReadOnlySpan<Vector512<float>> dirty = lanes.Dirty[LaneInputs.Reach..];
        Vector512<float> samples = Vector512.Max(Vector512.ConvertToSingle(lanes.Fields.Samples.AsInt32()), Vector512<float>.One);
        FillRates(dirty, samples, features);
        FillNeighbours(lanes.Other, lanes.Fields, Vector512.Min(samples, Vector512.Create((float)Long)), features);
    }

    private void FillFromTables(in PageInput input, int lane, ref float features)
    {
        ulong dirty = input.Dirty;
        int samples = Math.Max(1, (int)input.Samples);
        int written = BitOperations.PopCount(dirty);
        Set(ref features, RateLogit, Logit(written, samples));
        Set(ref features, Rate16Logit, Logit(BitOperations.PopCount(dirty & 0xFFFF), Math.Min(samples, Long)));
        int since = Math.Min(samples, BitOperations.TrailingZeroCount(dirty));
        ulong before = since >= 63 ? 0 : dirty >> (since + 1);
        Set(ref features, Since, Logarithms[since]);
        Set(ref features, Gap, Logarithms[Math.Min(samples, BitOperations.TrailingZeroCount(before))]);
        Set(ref features, Run, Logarithms[Math.Min(samples, (dirty & 1) != 0 ? BitOperations.TrailingZeroCount(~dirty) : since)]);
        Set(ref features, Known, Logarithms[samples]);

        // How often the page changed, and how often a write followed what the page did last.
        ulong pairs = HistoryBits.Mask(samples - 1);
        ulong now = (dirty & 1) != 0 ? dirty >> 1 : ~(dirty >> 1);
        Set(ref features, FollowedLogit, Logit(BitOperations.PopCount(now & dirty & pairs), BitOperations.PopCount(now & pairs)));
        (_written[lane], _changes[lane]) = (written, BitOperations.PopCount((dirty ^ (dirty >> 1)) & pairs));
    }

    private static void FillLogits(in PageInput input, RoundContext round, ref float features)
    {
        int recent = PageContext.Recent(input.Dirty);
        int rate = PageContext.Rate(input.Dirty, (int)input.Samples, input.Left(0) + input.Right(0));
        int gaps = PageContext.Gaps(input.Dirty);
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            int at = horizon * PageContext.Kinds;
            Set(ref features, at, round.Logits[ContextTables.At(0, horizon, recent)] * LogitScale);
            Set(ref features, at + 1, round.Logits[ContextTables.At(1, horizon, rate)] * LogitScale);
            Set(ref features, at + 2, round.Logits[ContextTables.At(2, horizon, gaps)] * LogitScale);
        }
    }

    private void FillRates(ReadOnlySpan<Vector512<float>> dirty, Vector512<float> samples, Span<Vector512<float>> features)
    {
        dirty[..Short].CopyTo(features[Newest..]);
        Vector512<float> recent = (dirty[0] + dirty[1]) + (dirty[2] + dirty[3]);
        features[Rate4] = recent / Vector512.Min(samples, Vector512.Create((float)Short));
        for (int age = Short; age < Long; age++)
        {
            recent += dirty[age];
        }

        features[Rate16] = recent / Vector512.Min(samples, Vector512.Create((float)Long));
        features[Rate] = Vector512.ConvertToSingle(Vector512.Create(_written)) / samples;
        features[Changes] = Vector512.ConvertToSingle(Vector512.Create(_changes)) / samples;
    }

    private static void FillNeighbours(ReadOnlySpan<Vector512<float>> other, LaneFields fields, Vector512<float> samples, Span<Vector512<float>> features)
    {
        Vector512<float> accessed = default, below = default, above = default;
        for (int age = 0; age < Long; age++)
        {
            accessed += other[age * Other];
            below += other[(age * Other) + 1];
            above += other[(age * Other) + 2];
        }

        features[Accessed] = other[0];
        features[Accessed16] = accessed / samples;
        other.Slice(1, 2).CopyTo(features[Neighbours..]);
        other.Slice(Other + 1, 2).CopyTo(features[(Neighbours + 2)..]);
        features[Neighbours16] = (below + above) / (samples * 2f);
        for (int age = 0; age < SamplesAround; age++)
        {
            features[Around + (3 * age)] = Level(fields.Levels(0) >>> (4 * age));
            features[Around + (3 * age) + 1] = Level(fields.Beside >>> (4 * age));
            features[Around + (3 * age) + 2] = Level(fields.Beside >>> (4 * (SamplesAround + age)));
        }
    }

    // Divided, where the samples multiply by the inverse: to the last bit what the weights that ship were trained with.
    private static Vector512<float> Level(Vector512<uint> levels) =>
        Vector512.ConvertToSingle((levels & Vector512.Create(15u)).AsInt32()) / Vector512.Create((float)PageInput.WideLevels);

    private static void Set(ref float features, int feature, float value) => Unsafe.Add(ref features, feature * Lanes) = value;

    private static float Logit(int written, int seen) => LogitScale * (HalfLogarithms[written] - HalfLogarithms[seen - written]);

    private static float[] Table(Func<int, float> of) => [.. Enumerable.Range(0, PageHistories.Depth + 1).Select(of)];
}
