using CsCheck;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Tests.Histories;

public sealed class BitRunTests
{
    [Fact]
    public void Set_AnyRun_SetsExactlyItsBits() =>
        Gen.Select(Gen.Int[0, 511], Gen.Int[1, 512]).Where((from, length) => from + length <= 512).Sample(
            (from, length) =>
            {
                ulong[] bits = new ulong[8];
                BitRun.Set(bits, from, from + length);
                Enumerable.Range(0, 512).Where(i => ((bits[i / 64] >> (i % 64)) & 1) == 1).Should().Equal(Enumerable.Range(from, length));
            },
            iter: 300);

    [Fact]
    public void AddTo_AnyBits_AddsExactlyTheirPages() =>
        Gen.OneOf(Gen.ULong, Gen.Const(0UL), Gen.Const(ulong.MaxValue)).Array[8].Sample(bits =>
        {
            var set = new PageSet();
            BitRun.AddTo(bits, 0x200000, 7, set);
            ulong[] again = new ulong[8];
            foreach (PageRange range in set.Of(7).Ranges)
            {
                BitRun.Set(again, (int)((range.Start - 0x200000) >> 12), (int)((range.End - 0x200000) >> 12));
            }

            again.Should().Equal(bits);
        });
}
