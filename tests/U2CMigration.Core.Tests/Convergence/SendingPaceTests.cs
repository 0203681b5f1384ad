using CsCheck;
using U2CMigration.Core.Convergence;

namespace U2CMigration.Core.Tests.Convergence;

public sealed class SendingPaceTests
{
    private const int Raw = 4096;

    [Fact]
    public void TimeFor_LinkIsTheSlowest_IsThatOfTheBytes() =>
        new SendingPace(1e6, 1e6, 1e6, 250, 2).TimeFor(1000, 1000 * Raw).TotalSeconds.Should().BeApproximately(4.096, 0.001);

    [Fact]
    public void TimeFor_EncoderIsTheSlowest_IsThatOfThePages() =>
        new SendingPace(1e9, 10_000, 1e9, 250_000, 2).TimeFor(1000, 1000 * Raw).TotalSeconds.Should().BeApproximately(0.1, 0.001);

    /// <summary>Link and encoder are fast whenever they run, and hardly ever do.</summary>
    [Fact]
    public void TimeFor_ThreadsAreHeldUp_IsWhatWasAchieved() =>
        new SendingPace(1e9, 250_000, 1e6, 250, 2).TimeFor(1000, 1000 * Raw).TotalSeconds.Should().BeApproximately(4, 0.1);

    [Fact]
    public void TimeFor_ZeroPagesWereSentBefore_IsNotThatOfTheirFewBytes() =>
        new SendingPace(1e9, 250_000, 2e6, 250_000, 2).TimeFor(1000, 1000 * Raw).TotalSeconds.Should().BeApproximately(0.0041, 0.0001);

    [Fact]
    public void TimeFor_DifferencesAfterWholePages_IsNotThatOfWholePages() =>
        new SendingPace(12.5e6, 250_000, 12.5e6, 3_000, 2).TimeFor(3000, 3000 * 300).TotalSeconds.Should().BeApproximately(0.072, 0.001);

    [Fact]
    public void TimeFor_NothingKnown_IsZeroAndSaysSo()
    {
        default(SendingPace).TimeFor(1000, 1000 * Raw).Should().Be(TimeSpan.Zero);
        default(SendingPace).IsKnown.Should().BeFalse();
    }

    [Fact]
    public void TimeFor_HardlyAnythingCrosses_FitsIntoATimeSpan() =>
        new SendingPace(1e-9, 1, 1e-9, 1e-9, 2).TimeFor(long.MaxValue >> 20, 1e18).Should().BeLessThan(TimeSpan.MaxValue);

    /// <summary>What crossed in the first moments proves nothing: nobody is refused a freeze for it.</summary>
    [Fact]
    public void LeastTimeFor_HardlyAnyTimeYet_IsNothing()
    {
        new SendingPace(1e3, 1e6, 1e3, 1, 0.1).LeastTimeFor(1_000_000, 4e9).Should().Be(TimeSpan.Zero);
        new SendingPace(1e3, 1e6, 1e3, 1, 2).LeastTimeFor(1_000_000, 4e9).Should().BeGreaterThan(TimeSpan.FromHours(1));
    }

    /// <summary>If a page costs something and a byte does, one after the other, then it was never said to be quicker than half of what it takes, whatever was sent before.</summary>
    [Fact]
    public void TimeFor_AnyMixture_IsNeverBelowHalfOfTheTruth() => Gen.Select(
        Gen.Double[1e-7, 1e-4], Gen.Double[1e-10, 1e-6], Gen.Long[1, 1_000_000], Gen.Double[8, 4096], Gen.Long[1, 1_000_000], Gen.Double[8, 4096])
        .Sample((perPage, perByte, sentPages, sentBytesPerPage, pages, bytesPerPage) =>
        {
            double took = (sentPages * perPage) + (sentPages * sentBytesPerPage * perByte);
            var pace = new SendingPace(1 / perByte, 1 / perPage, sentPages * sentBytesPerPage / took, sentPages / took, took);
            double truth = (pages * perPage) + (pages * bytesPerPage * perByte);
            double estimate = pace.TimeFor(pages, pages * bytesPerPage).TotalSeconds;
            return estimate >= truth / 2.0001 && estimate <= truth * 1.0001;
        });

    [Fact]
    public void PagesPerSecond_PreparationHeldUp_IsThatOfTheClockOnTheWall()
    {
        var preparing = new PreparingPace();
        preparing.Add(256, 0.001);
        preparing.Add(256, 1.999);

        preparing.PagesPerSecond.Should().BeApproximately(256, 1);
    }

    [Fact]
    public void PagesPerSecond_LaterFaster_ForgetsWhatWasSlow()
    {
        var preparing = new PreparingPace();
        preparing.Add(1, 10);
        for (int i = 0; i < 1200; i++)
        {
            preparing.Add(256, 0.001);
        }

        preparing.PagesPerSecond.Should().BeApproximately(256_000, 1000);
    }
}
