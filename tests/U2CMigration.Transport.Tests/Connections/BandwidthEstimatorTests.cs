using Microsoft.Extensions.Time.Testing;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Transport.Tests.Connections;

public sealed class BandwidthEstimatorTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void BytesPerSecond_BusyLink_IsWhatWasAcknowledged()
    {
        var estimator = new BandwidthEstimator(_time);
        estimator.OnSending(3000);
        _time.Advance(TimeSpan.FromSeconds(1));
        estimator.OnAcknowledged(1000);
        _time.Advance(TimeSpan.FromSeconds(1));
        estimator.OnAcknowledged(3000);

        estimator.BytesPerSecond.Should().BeApproximately(1500, 0.1);
    }

    [Fact]
    public void BytesPerSecond_IdleLinkInBetween_IsNotCounted()
    {
        var estimator = new BandwidthEstimator(_time);
        for (int i = 1; i <= 3; i++)
        {
            estimator.OnSending(1000);
            _time.Advance(TimeSpan.FromSeconds(1));
            estimator.OnAcknowledged(i * 1000);
            _time.Advance(TimeSpan.FromHours(1));
        }

        estimator.BytesPerSecond.Should().BeApproximately(1000, 0.1);
    }

    [Fact]
    public void BytesPerSecond_LinkThatSlowedDown_FollowsWithinTheWindow()
    {
        var estimator = new BandwidthEstimator(_time);
        long total = 0;
        for (int i = 0; i < 100; i++)
        {
            estimator.OnSending(1000);
            _time.Advance(TimeSpan.FromMilliseconds(i < 60 ? 10 : 1000));
            estimator.OnAcknowledged(total += 1000);
        }

        estimator.BytesPerSecond.Should().BeApproximately(1000, 0.1);
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(499)]
    public void OnAcknowledged_MoreThanSentOrLessThanBefore_IsRefused(long bytes)
    {
        var estimator = new BandwidthEstimator(_time);
        estimator.OnSending(1000);
        estimator.OnAcknowledged(500);

        estimator.OnAcknowledged(bytes).Should().BeFalse();
    }
}
