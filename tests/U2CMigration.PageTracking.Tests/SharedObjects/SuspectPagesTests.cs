using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SharedObjects;

namespace U2CMigration.PageTracking.Tests.SharedObjects;

public sealed class SuspectPagesTests
{
    [Fact]
    public void New_NothingKnown_AllAreSuspect() => new SuspectPages().IsAll.Should().BeTrue();

    [Fact]
    public void Add_AllSuspect_StaysAll()
    {
        SuspectPages suspects = new();
        suspects.Add(Range(3, 4));
        suspects.IsAll.Should().BeTrue();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(63, 65)]
    [InlineData(64, 128)]
    [InlineData(1, 700)]
    public void Runs_OneRunAdded_IsThatRun(int first, int end)
    {
        SuspectPages suspects = Known();
        suspects.Add(Range(first, end));
        suspects.Runs(1000L << 12).Should().Equal(Range(first, end));
        suspects.Count.Should().Be(end - first);
    }

    [Fact]
    public void Runs_RandomRuns_HasExactlyThesePages()
    {
        var random = new Random(1);
        for (int round = 0; round < 50; round++)
        {
            SuspectPages suspects = Known();
            var expected = new SortedSet<long>();
            for (int i = 0; i < 40; i++)
            {
                int first = random.Next(900);
                int end = first + 1 + random.Next(1 + random.Next(100));
                suspects.Add(Range(first, end));
                expected.UnionWith(Enumerable.Range(first, end - first).Select(static page => (long)page));
            }

            List<PageRange> runs = suspects.Runs(2000L << 12);
            runs.SelectMany(static run => Enumerable.Range((int)(run.Start >> 12), (int)run.Pages).Select(static page => (long)page)).Should().Equal(expected);
            runs.Zip(runs.Skip(1)).Should().OnlyContain(static pair => pair.First.End < pair.Second.Start, "runs that touch are one");
        }
    }

    [Fact]
    public void Runs_ObjectIsShorter_EndWithIt()
    {
        SuspectPages suspects = Known();
        suspects.Add(Range(2, 100));
        suspects.Runs((3L << 12) + 1).Should().Equal(Range(2, 4));
    }

    [Fact]
    public void Replace_AfterDoubt_OnlyTheseAreSuspect()
    {
        SuspectPages suspects = Known();
        suspects.Add(Range(2, 5));
        suspects.AddAll();
        suspects.Replace([Range(7, 8)]);
        suspects.IsAll.Should().BeFalse();
        suspects.Runs(1000L << 12).Should().Equal(Range(7, 8));
    }

    [Fact]
    public void Remove_SomePages_OthersStay()
    {
        SuspectPages suspects = Known();
        suspects.Add(Range(60, 200));
        SuspectPages known = SuspectPages.None();
        known.Add(Range(62, 130));
        suspects.Remove(known);
        suspects.Runs(1000L << 12).Should().Equal(Range(60, 62), Range(130, 200));
    }

    private static SuspectPages Known()
    {
        SuspectPages suspects = new();
        suspects.Replace([]);
        return suspects;
    }

    private static PageRange Range(long first, long end) => new((ulong)first << 12, (ulong)end << 12);
}
