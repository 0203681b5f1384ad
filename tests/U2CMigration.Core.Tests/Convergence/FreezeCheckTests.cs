using CsCheck;
using U2CMigration.Core.Convergence;

namespace U2CMigration.Core.Tests.Convergence;

public sealed class FreezeCheckTests
{
    private static readonly TimeSpan NoLimit = TimeSpan.MaxValue;

    [Fact]
    public void PutsOff_AsExpected_No() => new FreezeCheck().PutsOff(Milliseconds(10), Milliseconds(15), NoLimit, default).Should().BeFalse();

    /// <summary>Half a million pages that cost nothing by an estimate of terabytes per second.</summary>
    [Fact]
    public void PutsOff_SecondsWhereNothingWasExpected_Yes() => new FreezeCheck().PutsOff(TimeSpan.Zero, Milliseconds(8_400), NoLimit, default).Should().BeTrue();

    [Fact]
    public void PutsOff_LongAndExpectedToBe_No() => new FreezeCheck().PutsOff(Milliseconds(8_400), Milliseconds(8_400), NoLimit, default).Should().BeFalse();

    [Fact]
    public void PutsOff_ALittleLongerButAboveTheLimit_Yes() => new FreezeCheck().PutsOff(Milliseconds(190), Milliseconds(210), Milliseconds(200), default).Should().BeTrue();

    [Fact]
    public void PutsOff_AboveTheLimitAndExpectedToBe_No() => new FreezeCheck().PutsOff(Milliseconds(205), Milliseconds(210), Milliseconds(200), default).Should().BeFalse();

    [Fact]
    public void PutsOff_AnyEstimates_ComesToAnEnd() => Gen.Select(Gen.Double[0, 10], Gen.Double[0, 100], Gen.Double[0, 5], Gen.Double[0.05, 3]).Array[1000].Sample(rounds =>
    {
        var check = new FreezeCheck();
        double elapsed = 0;
        int inARow = 0;
        foreach ((double expected, double now, double most, double length) in rounds)
        {
            bool putsOff = check.PutsOff(TimeSpan.FromSeconds(expected), TimeSpan.FromSeconds(now), TimeSpan.FromSeconds(most), TimeSpan.FromSeconds(elapsed));
            inARow = putsOff ? inARow + 1 : inARow;
            elapsed += length;
        }

        return inARow <= 20;
    });

    /// <summary>As long as it may still put off, it never lets a workload be stopped with more pending than the limit allows, if that was not known when the stop was decided.</summary>
    [Fact]
    public void PutsOff_First_NeverStopsWithMorePendingThanTheLimitAllows() => Gen.Select(Gen.Double[0, 10], Gen.Double[0, 100], Gen.Double[0, 5]).Sample((expectedSeconds, nowSeconds, mostSeconds) =>
    {
        (TimeSpan expected, TimeSpan now, TimeSpan most) = (TimeSpan.FromSeconds(expectedSeconds), TimeSpan.FromSeconds(nowSeconds), TimeSpan.FromSeconds(mostSeconds));
        return new FreezeCheck().PutsOff(expected, now, most, default) || now <= most || expected > most;
    });

    private static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);
}
