using U2CMigration.Prediction.Contexts;

namespace U2CMigration.Prediction.Tests.Contexts;

public sealed class OwnMatchesTests
{
    private const int Rate = 5;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Groups_RandomHistories_CountWhatAPlainSearchFinds(int horizon)
    {
        var random = new Random(1 + horizon);
        for (int i = 0; i < 2000; i++)
        {
            ulong word = (ulong)random.NextInt64() & (ulong)random.NextInt64();
            int samples = random.Next(65);
            word &= samples == 64 ? ulong.MaxValue : (1UL << samples) - 1;
            var matches = new OwnMatches(word, samples);

            matches.ShortGroup(horizon).Should().Be(Plain(word, samples, 3, horizon) | ((int)(word & 7) << 7));
            matches.LongGroup(horizon, Rate).Should().Be(Plain(word, samples, 7, horizon) | (Rate << 7));
        }
    }

    [Fact]
    public void LongGroup_PageThatIsWrittenEverySixthSample_TellsTheLastCleanSampleFromTheOthers()
    {
        ulong late = Word(static age => age % 6 == 5);

        // Never and always are the outermost of eight steps.
        Share(new OwnMatches(late, 64)).Should().Be(7);
        Share(new OwnMatches(late >> 2, 62)).Should().Be(0);
    }

    private static int Share(OwnMatches matches) => (matches.LongGroup(0, 0) >> 1) & 7;

    private static ulong Word(Func<int, bool> written) => Enumerable.Range(0, 64).Aggregate(0UL, (word, age) => word | (written(age) ? 1UL << age : 0));

    private static int Plain(ulong word, int samples, int length, int horizon)
    {
        List<bool> after = [];
        for (int moment = horizon + 1; moment + length <= samples; moment++)
        {
            if (Enumerable.Range(0, length).All(i => Bit(word, i) == Bit(word, moment + i)))
            {
                after.Add(Bit(word, moment - horizon - 1));
            }
        }

        int written = after.Count(static one => one);
        int share = written == 0 ? 0 : written == after.Count ? 7 : 1 + (written * 6 / after.Count);
        int level = after.Count switch { <= 3 => after.Count, < 6 => 4, < 10 => 5, < 20 => 6, _ => 7 };
        return (after.FirstOrDefault() ? 1 : 0) | (share << 1) | (level << 4);
    }

    private static bool Bit(ulong word, int index) => ((word >> index) & 1) != 0;
}
