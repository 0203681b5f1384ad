using CsCheck;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.Tests;

public sealed class PageSetOperationsTests
{
    private static readonly Gen<HashSet<(int Process, int Page)>> AnyPages =
        Gen.Select(Gen.Int[1, 3], Gen.Int[0, 40]).HashSet[0, 60];

    [Fact]
    public void UnionTo_AnySets_IsTheSetUnion() =>
        Check((a, b, result) => a.UnionTo(b, result), (a, b) => a.Union(b));

    [Fact]
    public void IntersectTo_AnySets_IsTheSetIntersection() =>
        Check((a, b, result) => a.IntersectTo(b, result), (a, b) => a.Intersect(b));

    [Fact]
    public void ExceptTo_AnySets_IsTheSetDifference() =>
        Check((a, b, result) => a.ExceptTo(b, result), (a, b) => a.Except(b));

    private static void Check(
        Action<PageSet, PageSet, PageSet> operation,
        Func<IEnumerable<(int, int)>, IEnumerable<(int, int)>, IEnumerable<(int, int)>> model) =>
        Gen.Select(AnyPages, AnyPages).Sample((a, b) =>
        {
            var result = new PageSet();
            operation(ToSet(a), ToSet(b), result);
            return ToPages(result).SequenceEqual(model(a, b).Order());
        });

    private static PageSet ToSet(IEnumerable<(int Process, int Page)> pages)
    {
        var set = new PageSet();
        foreach ((int process, int page) in pages.Order())
        {
            set.Add(process, (ulong)page << PageSize.Shift, (ulong)(page + 1) << PageSize.Shift);
        }

        return set;
    }

    private static List<(int Process, int Page)> ToPages(PageSet set)
    {
        var pages = new List<(int, int)>();
        foreach (ProcessPages process in set.Processes)
        {
            foreach (PageRange range in process.Ranges)
            {
                for (ulong address = range.Start; address < range.End; address += PageSize.Bytes)
                {
                    pages.Add((process.ProcessId, (int)(address >> PageSize.Shift)));
                }
            }
        }

        pages.Sort();
        return pages;
    }
}
