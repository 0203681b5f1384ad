using TraceLab.Load;

namespace TraceLab.Tests.Load;

public sealed class OperationsTests
{
    private const int Keys = 1000;
    private const int Draws = 100_000;

    [Fact]
    public void Next_Zipfian_RanksFollowTheLaw()
    {
        var numbers = new ZipfianNumbers(new Random(1));
        int[] counts = new int[Keys];
        for (int i = 0; i < Draws; i++)
        {
            counts[numbers.Next(Keys)]++;
        }

        double zeta = Enumerable.Range(1, Keys).Sum(static rank => Math.Pow(rank, -0.99));
        counts[0].Should().BeCloseTo((int)(Draws / zeta), 500);
        counts[1].Should().BeCloseTo((int)(Draws * Math.Pow(2, -0.99) / zeta), 500);
        double upperHalf = Enumerable.Range((Keys / 2) + 1, Keys / 2).Sum(static rank => Math.Pow(rank, -0.99)) / zeta;
        counts.Skip(Keys / 2).Sum().Should().BeCloseTo((int)(Draws * upperHalf), 800);
    }

    [Fact]
    public void Next_ZipfianOfOneOrTwoKeys_StaysBelowTheLimit()
    {
        var numbers = new ZipfianNumbers(new Random(1));

        Enumerable.Range(0, 1000).Select(_ => numbers.Next(1)).Should().OnlyContain(static n => n == 0);
        Enumerable.Range(0, 1000).Select(_ => numbers.Next(2)).Should().OnlyContain(static n => n < 2);
    }

    [Fact]
    public void Next_MixA_WritesHalf()
    {
        var operations = new Operations(Mix.A, Keys, 1);
        List<(int Key, bool Writes)> drawn = [.. Enumerable.Range(0, Draws).Select(_ => operations.Next())];

        drawn.Count(static o => o.Writes).Should().BeCloseTo(Draws / 2, 1000);
        drawn.Should().OnlyContain(static o => o.Key >= 0 && o.Key < Keys);
    }

    [Fact]
    public void Next_MixD_InsertsNewKeysAndReadsTheNewest()
    {
        var operations = new Operations(Mix.D, Keys, 1);
        List<(int Key, bool Writes)> drawn = [.. Enumerable.Range(0, Draws).Select(_ => operations.Next())];

        int[] inserted = [.. drawn.Where(static o => o.Writes).Select(static o => o.Key)];
        inserted.Should().Equal(Enumerable.Range(Keys, inserted.Length));
        inserted.Length.Should().BeCloseTo(Draws / 20, 500);
        drawn.TakeLast(1000).Where(static o => !o.Writes).Average(static o => o.Key).Should().BeGreaterThan((Keys + inserted.Length) * 0.6);
    }

    [Fact]
    public void Next_Uniform_ReachesAllKeysAlike()
    {
        var operations = new Operations(Mix.Uniform, Keys, 1);
        int[] counts = new int[Keys];
        for (int i = 0; i < Draws; i++)
        {
            counts[operations.Next().Key]++;
        }

        counts.Min().Should().BeGreaterThan(50);
        counts.Max().Should().BeLessThan(160);
    }

    [Fact]
    public void Next_SameSeed_DrawsTheSame()
    {
        var first = new Operations(Mix.A, Keys, 5);
        var second = new Operations(Mix.A, Keys, 5);

        Enumerable.Range(0, 1000).Select(_ => first.Next()).Should().Equal(Enumerable.Range(0, 1000).Select(_ => second.Next()));
    }
}
