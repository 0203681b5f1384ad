using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Tests.Histories;

public sealed class SystemFeaturesTests
{
    [Fact]
    public void Row_CounterThatJumps_IsFarFromItsMean()
    {
        var histories = new PageHistories();
        var none = new PageSet();
        long faults = 1000;
        for (int i = 0; i < 40; i++)
        {
            faults += 100 + (i % 3);
            histories.Observe(none, null, TimeSpan.FromSeconds(1), new SystemSample { PageFaults = faults });
        }

        histories.System.Row(0)[0].Should().BeInRange(-2, 2);
        histories.Observe(none, null, TimeSpan.FromSeconds(1), new SystemSample { PageFaults = faults + 5000 });
        histories.System.Row(0)[0].Should().Be(8);
        histories.System.Row(0)[1].Should().Be(0);
        histories.System.Row(1)[0].Should().BeInRange(-2, 2);
    }

    [Fact]
    public void Next_NotANumber_GivesZeroAndIsForgotten()
    {
        var scale = new RunningScale();
        for (int i = 0; i < 20; i++)
        {
            scale.Next(i % 2);
        }

        scale.Next(double.NaN).Should().Be(0);
        scale.Next(double.PositiveInfinity).Should().Be(0);
        scale.Next(1).Should().BeApproximately(1, 0.2f);
    }
}
