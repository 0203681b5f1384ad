using CsCheck;
using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.Tests.LazyPages;

public sealed class PendingPagesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    public void Count_OfANewSet_IsAllOfThem(int pages) => new PendingPages(pages).Count.Should().Be(pages);

    [Fact]
    public void NextSettled_InAFullSet_IsTheEnd() => new PendingPages(200).NextSettled(3, 150).Should().Be(150);

    [Fact]
    public void Settle_OfAnyRanges_AgreesWithASetOfNumbers() =>
        Gen.Select(Gen.Int[1, 300], Gen.Select(Gen.Int[0, 300], Gen.Int[0, 300]).Array[0, 10]).Sample((pages, settled) =>
        {
            var pending = new PendingPages(pages);
            var model = Enumerable.Range(0, pages).ToHashSet();
            foreach ((int a, int b) in settled)
            {
                int start = Math.Min(Math.Min(a, b), pages);
                int end = Math.Min(Math.Max(a, b), pages);
                pending.Settle(start, end);
                model.RemoveWhere(page => page >= start && page < end);
            }

            pending.Count.Should().Be(model.Count);
            for (int page = 0; page < pages; page++)
            {
                pending.Contains(page).Should().Be(model.Contains(page));
                pending.NextPending(page, pages).Should().Be(model.Where(other => other >= page).DefaultIfEmpty(pages).Min());
            }
        });
}
