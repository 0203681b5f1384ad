using System.Numerics;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Attention;

public sealed class PageEchoTests
{
    [Fact]
    public void Fill_PeriodicRandomAndShortHistories_EqualsTryingEveryShiftOfEveryPage()
    {
        var random = new Random(1);
        var echo = new PageEcho();
        var features = new Vector512<float>[PageEcho.Features];
        for (int round = 0; round < 200; round++)
        {
            PageInput[] pages = [.. Enumerable.Range(0, LaneInputs.Lanes).Select(_ => Draw(random))];

            echo.Fill(pages, features);

            for (int lane = 0; lane < pages.Length; lane++)
            {
                features.Select(feature => feature[lane]).Should().Equal(Expected(pages[lane].Dirty, (int)pages[lane].Samples));
            }
        }
    }

    private static PageInput Draw(Random random)
    {
        int period = random.Next(2, 30);
        ulong noise = (ulong)random.NextInt64() & (ulong)random.NextInt64() & (ulong)random.NextInt64();
        ulong periodic = Enumerable.Range(0, 64).Where(age => age % period == 0).Aggregate(0UL, static (bits, age) => bits | (1UL << age));
        return new PageInput
        {
            Dirty = random.Next(3) switch { 0 => periodic, 1 => periodic ^ noise, _ => (ulong)random.NextInt64() },
            Samples = (uint)(random.Next(2) == 0 ? 64 : random.Next(65)),
        };
    }

    private static float[] Expected(ulong dirty, int samples)
    {
        int best = 0;
        (int bestCommon, int bestEither) = (0, 0);
        for (int shift = PagePrediction.Horizons; shift <= 24 && samples - shift >= shift; shift++)
        {
            ulong mask = ulong.MaxValue >> (64 - samples + shift);
            int common = BitOperations.PopCount(dirty & (dirty >> shift) & mask);
            int either = BitOperations.PopCount(((dirty & mask) | ((dirty >> shift) & mask)));
            if (common * (bestEither + 1) > bestCommon * (either + 1))
            {
                (best, bestCommon, bestEither) = (shift, common, either);
            }
        }

        float fit = bestCommon / (bestEither + 1f);
        return [fit, .. Enumerable.Range(0, PagePrediction.Horizons).Select(horizon => best == 0 ? 0 : ((dirty >> (best - 1 - horizon)) & 1) != 0 ? fit : -fit)];
    }
}
