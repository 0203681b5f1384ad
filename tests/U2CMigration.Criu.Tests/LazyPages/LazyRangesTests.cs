using CsCheck;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.Tests.LazyPages;

public sealed class LazyRangesTests
{
    private const ulong Page = 4096;

    [Fact]
    public void PendingFrom_InsideARun_StopsAtItsEnd()
    {
        LazyRanges ranges = Of((16, 4), (20, 4));

        ranges.PendingFrom(18 * Page, 100, out _).Should().Be(2);
    }

    [Fact]
    public void PendingFrom_OutsideEveryRun_IsNothing()
    {
        LazyRanges ranges = Of((16, 4), (32, 4));

        ranges.PendingFrom(20 * Page, 100, out _).Should().Be(0);
    }

    [Fact]
    public void PendingFrom_AnAddressInsideAPage_IsNotConfusedByIt()
    {
        LazyRanges ranges = Of((16, 4));

        ranges.PendingFrom((16 * Page) - 1, 1, out _).Should().Be(0);
    }

    [Fact]
    public void Move_OfAPart_KeepsTheDumpedAddress()
    {
        LazyRanges ranges = Of((16, 8));

        ranges.Move(18 * Page, 100 * Page, 2 * Page);

        ranges.PendingFrom(101 * Page, 1, out LazyRun run);
        run.Slice(101 * Page, 102 * Page).Dumped.Should().Be(19 * Page);
    }

    [Fact]
    public void Move_OntoPendingPages_ReplacesThem()
    {
        LazyRanges ranges = Of((16, 8));

        ranges.Move(16 * Page, 20 * Page, 4 * Page);

        ranges.PendingCount.Should().Be(4);
    }

    [Fact]
    public void Clone_SettledInTheOriginal_StaysPending()
    {
        LazyRanges ranges = Of((16, 8));
        LazyRanges child = ranges.Clone();

        ranges.Remove(16 * Page, 24 * Page);

        child.PendingCount.Should().Be(8);
    }

    [Fact]
    public void EveryOperation_InAnyOrder_AgreesWithANaiveModel()
    {
        Gen<(ulong Start, int Pages)> run = Gen.Select(Gen.ULong[0, 9], Gen.Int[1, 150]);
        Gen<(ulong Start, int Pages)[]> runs = run.Array[1, 6].Select(gaps =>
        {
            ulong next = 1;
            return gaps.Select(gap =>
            {
                ulong start = next + gap.Start;
                next = start + (ulong)gap.Pages;
                return (start, gap.Pages);
            }).ToArray();
        });
        Gen<Step> step = Gen.Select(Gen.Int[0, 3], Gen.ULong[0, 400], Gen.ULong[1, 90], Gen.ULong[0, 400], (kind, at, length, to) => new Step(kind, at, length, to));
        Gen.Select(runs, step.Array[1, 30]).Sample(test => Replay(test.Item1, test.Item2), iter: 1000);
    }

    private static void Replay((ulong Start, int Pages)[] runs, Step[] steps)
    {
        LazyRanges ranges = Of(runs);
        var model = new SortedDictionary<ulong, ulong>();
        foreach ((ulong start, int pages) in runs)
        {
            for (ulong page = start; page < start + (ulong)pages; page++)
            {
                model.Add(page, page);
            }
        }

        foreach (Step step in steps)
        {
            Apply(step, ranges, model);
            Compare(ranges, model);
        }
    }

    private static void Apply(Step step, LazyRanges ranges, SortedDictionary<ulong, ulong> model)
    {
        ulong end = step.At + step.Length;
        switch (step.Kind)
        {
            case 0:
                ranges.Remove(step.At * Page, end * Page);
                RemoveFrom(model, step.At, end);
                break;
            case 1 when step.To >= end || step.To + step.Length <= step.At:
                ranges.Move(step.At * Page, step.To * Page, step.Length * Page);
                (ulong Page, ulong Dumped)[] moved = [.. model.Where(pair => pair.Key >= step.At && pair.Key < end).Select(pair => (pair.Key, pair.Value))];
                RemoveFrom(model, step.At, end);
                RemoveFrom(model, step.To, step.To + step.Length);
                foreach ((ulong page, ulong dumped) in moved)
                {
                    model.Add(page - step.At + step.To, dumped);
                }

                break;
            default:
                if (ranges.TryNext(step.At * Page, ulong.MaxValue, (int)step.Length, out LazyRun next))
                {
                    ranges.Settle(next);
                    RemoveFrom(model, next.Start / Page, next.End / Page);
                }

                break;
        }
    }

    private static void Compare(LazyRanges ranges, SortedDictionary<ulong, ulong> model)
    {
        var found = new List<(ulong Page, ulong Dumped)>();
        ulong from = 0;
        while (ranges.TryNext(from, ulong.MaxValue, 7, out LazyRun run))
        {
            for (ulong address = run.Start; address < run.End; address += Page)
            {
                found.Add((address / Page, run.Slice(address, run.End).Dumped / Page));
            }

            from = run.End;
        }

        found.SequenceEqual(model.Select(pair => (pair.Key, pair.Value))).Should().BeTrue("the runs and the model hold the same pages");
        ranges.PendingCount.Should().Be(model.Count);
    }

    private static void RemoveFrom(SortedDictionary<ulong, ulong> model, ulong start, ulong end)
    {
        foreach (ulong page in model.Keys.Where(page => page >= start && page < end).ToArray())
        {
            model.Remove(page);
        }
    }

    private static LazyRanges Of(params (ulong Start, int Pages)[] runs) =>
        new([.. runs.Select(run => new LazyPageRange(1, run.Start * Page, run.Pages))]);

    private sealed record Step(int Kind, ulong At, ulong Length, ulong To);
}
