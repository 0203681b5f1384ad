using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.Tests.Pages;

public sealed class PageRunsTests
{
    private const ulong Page = 4096;

    [Fact]
    public void AreAscending_RunsThatTouch_Are() => PageRuns.AreAscending([new(0, Page), new(Page, 3 * Page), new(9 * Page, 10 * Page)]).Should().BeTrue();

    [Fact]
    public void AreAscending_RunThatBeginsInTheOneBefore_AreNot() => PageRuns.AreAscending([new(0, 3 * Page), new(2 * Page, 4 * Page)]).Should().BeFalse();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AppendDifference_RandomRuns_IsWhatPagesSay(int seed)
    {
        var random = new Random(seed);
        for (int turn = 0; turn < 300; turn++)
        {
            PageRange[] runs = Runs(random);
            PageRange[] without = Runs(random);
            ProcessPages result = new(1);

            PageRuns.AppendDifference(runs, without, result);

            PagesOf(result.Ranges.ToArray()).Should().Equal(PagesOf(runs).Except(PagesOf(without)));
        }
    }

    private static PageRange[] Runs(Random random)
    {
        var runs = new List<PageRange>();
        ulong at = 0;
        for (int i = random.Next(8); i > 0; i--)
        {
            ulong start = at + ((ulong)random.Next(4) * Page);
            at = start + ((ulong)random.Next(1, 5) * Page);
            runs.Add(new PageRange(start, at));
        }

        return [.. runs];
    }

    private static ulong[] PagesOf(PageRange[] runs) => [.. runs.SelectMany(static run => Enumerable.Range(0, (int)run.Pages).Select(page => run.Start + ((ulong)page * Page)))];
}
