using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Attention;

namespace U2CMigration.Prediction.Tests.Attention;

public sealed class TokenAttentionTests
{
    private const int Width = AttentionShape.Width;
    private const int Window = PageInput.Window;
    private const int Samples = ITokenLayer.Samples;

    // Scores from nearly equal to so far apart that all but one weigh nothing.
    [Theory]
    [InlineData(0.1f)]
    [InlineData(3)]
    [InlineData(40)]
    public void Attend_SomeSamplesAtATime_IsTheSoftmaxOverAll(float range)
    {
        var random = new Random(2);
        var attention = new TokenAttention();
        var result = new Vector512<float>[2 * Width];
        for (int round = 0; round < 20; round++)
        {
            Vector512<float>[] queries = Draw(random, 2 * Width, range);
            Vector512<float>[] tokens = Draw(random, Window * Width, 1);
            int known = random.Next(1, Window + 1);
            Vector512<float>[] mask = [.. Enumerable.Range(0, Window).Select(age => Vector512.Create(age < known ? 0 : LaneInputs.Excluded))];

            attention.Begin(result);
            for (int age = 0; age < Window; age += Samples)
            {
                attention.Attend(queries, tokens.AsSpan(age * Width, Samples * Width), mask.AsSpan(age, Samples), result);
            }

            attention.End(result);

            for (int lane = 0; lane < LaneInputs.Lanes; lane++)
            {
                Check(queries[..Width], tokens, known, lane, result[..Width]);
                Check(queries[Width..], tokens, known, lane, result[Width..]);
            }
        }
    }

    private static void Check(Vector512<float>[] query, Vector512<float>[] tokens, int known, int lane, Vector512<float>[] result)
    {
        double[] scores = [.. Enumerable.Range(0, known).Select(age => Enumerable.Range(0, Width).Sum(i => (double)query[i][lane] * tokens[(age * Width) + i][lane]) / 4)];
        double[] weights = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
        for (int i = 0; i < Width; i++)
        {
            double expected = weights.Select((weight, age) => weight * tokens[(age * Width) + i][lane]).Sum() / weights.Sum();
            result[i][lane].Should().BeApproximately((float)expected, 2e-5f);
        }
    }

    private static Vector512<float>[] Draw(Random random, int count, float range) =>
        [.. Enumerable.Range(0, count).Select(_ => Vector512.Create([.. Enumerable.Range(0, LaneInputs.Lanes).Select(_ => ((random.NextSingle() * 2) - 1) * range)]))];
}
