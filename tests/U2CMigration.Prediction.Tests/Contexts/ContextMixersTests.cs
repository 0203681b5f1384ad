using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Contexts;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Contexts;

public sealed class ContextMixersTests
{
    [Fact]
    public void Mix_LearnedMixers_EqualsEachOfThem()
    {
        var random = new Random(1);
        var mixers = new ContextMixers();
        var logits = new Vector128<float>[PageContexts.Count];
        for (int i = 0; i < 2000; i++)
        {
            Draw(random, logits);
            ulong word = (ulong)random.NextInt64();
            int horizon = random.Next(PagePrediction.Horizons);
            float[] lane = [.. logits.Select(vector => vector[horizon])];
            mixers.Of(word, horizon).Learn(lane, mixers.Of(word, horizon).Mix(lane), random.Next(3) == 0);
        }

        mixers.Pack();
        for (int i = 0; i < 200; i++)
        {
            Draw(random, logits);
            ulong word = (ulong)random.NextInt64();
            Vector128<float> mixed = mixers.Mix(word, logits);
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                float[] lane = [.. logits.Select(vector => vector[horizon])];
                mixed[horizon].Should().Be(mixers.Of(word, horizon).Mix(lane));
            }
        }
    }

    private static void Draw(Random random, Vector128<float>[] logits)
    {
        for (int i = 0; i < logits.Length; i++)
        {
            logits[i] = Vector128.Create(random.NextSingle() - 0.5f, random.NextSingle() * 4, random.NextSingle() - 2, 0);
        }
    }
}
