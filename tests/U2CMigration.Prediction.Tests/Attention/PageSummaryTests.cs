using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Attention;

/// <summary>Weights know the inputs by their places: whoever moves one breaks every model that was trained.</summary>
public sealed class PageSummaryTests
{
    [Fact]
    public void Fill_AnyPages_PutsEveryInputWhereTheWeightsExpectIt()
    {
        var random = new Random(3);
        var round = new RoundContext();
        foreach (float[] values in new[] { round.Logits, round.Votes })
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = random.NextSingle() - 0.5f;
            }
        }

        var inputs = new LaneInputs();
        for (int i = 0; i < 50; i++)
        {
            PageInput[] pages = RandomPages.Draw(random);
            inputs.Fill(pages, round);
            for (int lane = 0; lane < pages.Length; lane++)
            {
                float[] expected = Expected(pages[lane], round);
                for (int feature = 0; feature < PageSummary.Features; feature++)
                {
                    if (feature is < PageSummary.FirstEcho or >= PageSummary.FirstEcho + PageEcho.Features)
                    {
                        inputs.Summary[feature][lane].Should().BeApproximately(expected[feature], 1e-5f, $"of input {feature} of {pages[lane].Dirty:x}, {pages[lane].Samples} samples");
                    }
                }
            }
        }
    }

    private static float[] Expected(PageInput page, RoundContext round)
    {
        int samples = (int)page.Samples;
        bool[] written = [.. Enumerable.Range(0, samples).Select(age => Bit(page.Dirty, age) == 1)];
        int since = FirstOf(written, true);
        int gap = since == samples ? samples : FirstOf(written[(since + 1)..], true);
        bool[] likeNow = [.. written.Skip(1).Select(before => before == written[0])];
        int followed = likeNow.Where((like, age) => like && written[age]).Count();
        List<float> all =
        [
            .. Enumerable.Range(0, 4).Select(age => Bit(page.Dirty, age)),
            Rate(written, 4), Rate(written, 16), Rate(written, 64),
            Logit(written.Count(static bit => bit), samples),
            Logit(written.Take(16).Count(static bit => bit), Math.Min(16, samples)),
            Logarithm(since),
            Logarithm(gap == samples - since - 1 ? samples : gap),
            Logarithm(FirstOf(written, !written[0])),
            written.Zip(written.Skip(1), static (now, before) => now != before).Count(static differs => differs) / (float)samples,
            Logit(followed, likeNow.Count(static like => like)),
            Logarithm(samples),
            page.Accessed & 1,
            Enumerable.Range(0, 16).Sum(age => (page.Accessed >> age) & 1) / (float)Math.Min(16, samples),
            page.Left(0) / 4f, page.Right(0) / 4f, page.Left(1) / 4f, page.Right(1) / 4f,
            Enumerable.Range(0, 16).Sum(age => page.Left(age) + page.Right(age)) / (8f * Math.Min(16, samples)),
        ];
        for (int age = 0; age < 3; age++)
        {
            all.AddRange([page.Wide(age) / 7f, ((page.Beside >> (4 * age)) & 15) / 7f, ((page.Beside >> (12 + (4 * age))) & 15) / 7f]);
        }

        all.AddRange(new float[PageEcho.Features]);
        int[] contexts = [PageContext.Recent(page.Dirty), PageContext.Rate(page.Dirty, samples, page.Left(0) + page.Right(0)), PageContext.Gaps(page.Dirty)];
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            all.AddRange(contexts.Select((context, kind) => round.Logits[ContextTables.At(kind, horizon, context)] / 4));
        }

        for (int vote = 0; vote < PageSummary.Votes; vote++)
        {
            Span<float> weights = round.Vote(vote / PagePrediction.Horizons, vote % PagePrediction.Horizons);
            float sum = 0;
            for (int age = 0; age < PageInput.Window; age++)
            {
                sum += weights[age] * Bit(page.Dirty, age);
            }

            all.Add(sum);
        }

        return [.. all];
    }

    private static int FirstOf(bool[] written, bool value)
    {
        int first = Array.IndexOf(written, value);
        return first < 0 ? written.Length : first;
    }

    private static float Bit(ulong word, int age) => (word >> age) & 1;

    private static float Rate(bool[] written, int most) => written.Take(most).Count(static bit => bit) / (float)Math.Min(most, written.Length);

    private static float Logit(int written, int seen) => 0.25f * (MathF.Log(written + 0.5f) - MathF.Log(seen - written + 0.5f));

    private static float Logarithm(int count) => MathF.Log2(1 + count) / 6;
}
