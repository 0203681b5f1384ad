using Microsoft.Extensions.Time.Testing;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Transport.Tests.Connections;

public sealed class CrossingRateTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(CrossingRate.WindowSeconds);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void PerSecond_BusyLink_IsWhatWasAcknowledged()
    {
        var rate = new CrossingRate(_time);
        rate.OnSending(3000, 3);
        _time.Advance(TimeSpan.FromSeconds(1));
        rate.OnAcknowledged(1000);
        _time.Advance(TimeSpan.FromSeconds(1));
        rate.OnAcknowledged(3000);

        rate.PerSecond.BytesPerSecond.Should().BeApproximately(1500, 0.1);
        rate.PerSecond.PagesPerSecond.Should().BeApproximately(1.5, 0.1);
    }

    [Fact]
    public void PerSecond_IdleLinkInBetween_IsNotCounted()
    {
        var rate = new CrossingRate(_time);
        for (int i = 1; i <= 3; i++)
        {
            rate.OnSending(1000, 1);
            _time.Advance(TimeSpan.FromSeconds(1));
            rate.OnAcknowledged(i * 1000);
            _time.Advance(TimeSpan.FromHours(1));
        }

        rate.PerSecond.BytesPerSecond.Should().BeApproximately(1000, 0.1);
    }

    [Fact]
    public void PerSecond_PreparingWithNothingUnderWay_IsCounted()
    {
        var rate = new CrossingRate(_time);
        for (int i = 1; i <= 3; i++)
        {
            rate.Begin();
            _time.Advance(TimeSpan.FromSeconds(3));
            rate.OnSending(4000, 1);
            rate.End();
            _time.Advance(TimeSpan.FromSeconds(1));
            rate.OnAcknowledged(i * 4000);
            _time.Advance(TimeSpan.FromHours(1));
        }

        rate.PerSecond.BytesPerSecond.Should().BeApproximately(1000, 0.1);
    }

    /// <summary>They waited behind a busy thread: taken by the time at which they are looked at, they would make terabytes per second.</summary>
    [Fact]
    public void PerSecond_AcknowledgementsTakenAtOnce_IsWhatCrossedMeanwhile()
    {
        var rate = new CrossingRate(_time);
        for (int i = 0; i < 500; i++)
        {
            rate.OnSending(1000, 1);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        for (int i = 1; i <= 500; i++)
        {
            rate.OnAcknowledged(i * 1000);
            _time.Advance(TimeSpan.FromMicroseconds(1));
        }

        rate.PerSecond.BytesPerSecond.Should().BeInRange(990_000, 1_000_000);
    }

    [Fact]
    public void PerSecond_LinkThatSlowedDown_FollowsWithinTheWindow()
    {
        var rate = new CrossingRate(_time);
        long total = 0;
        TimeSpan slow = TimeSpan.Zero;
        for (int i = 0; slow < Window * 1.1; i++)
        {
            rate.OnSending(1000, 1);
            TimeSpan step = TimeSpan.FromMilliseconds(i < 600 ? 10 : 100);
            slow += i < 600 ? TimeSpan.Zero : step;
            _time.Advance(step);
            rate.OnAcknowledged(total += 1000);
        }

        rate.PerSecond.BytesPerSecond.Should().BeApproximately(10_000, 1);
    }

    [Fact]
    public void PerSecond_LinkThatGoesSilent_FallsWithoutAnAcknowledgement()
    {
        var rate = new CrossingRate(_time);
        rate.OnSending(1_000_000, 100);
        _time.Advance(TimeSpan.FromSeconds(1));
        rate.OnAcknowledged(999_000);

        _time.Advance(TimeSpan.FromSeconds(99));

        rate.PerSecond.BytesPerSecond.Should().BeApproximately(9_990, 1);
    }

    [Fact]
    public void PerSecond_FirstAcknowledgementWithinMicroseconds_IsNotTakenForASecondsRate()
    {
        var rate = new CrossingRate(_time);
        rate.OnSending(1 << 20, 256);
        _time.Advance(TimeSpan.FromMicroseconds(1));
        rate.OnAcknowledged(1 << 20);

        rate.PerSecond.BytesPerSecond.Should().BeApproximately((1 << 20) / CrossingRate.LeastSeconds, 1);
    }

    [Fact]
    public void PerSecond_BeforeTheFirstAcknowledgement_IsNotKnown()
    {
        var rate = new CrossingRate(_time);
        rate.OnSending(1000, 1);
        _time.Advance(TimeSpan.FromSeconds(1));

        rate.PerSecond.BytesPerSecond.Should().Be(0);
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void PerSecond_ClockJumps_IsRightAgainAfterTheWindow(int seconds)
    {
        var clock = new JumpingClock();
        var rate = new CrossingRate(clock);
        long total = 0;
        for (int i = 0; i < 1000; i++)
        {
            rate.OnSending(1000, 1);
            clock.Now += TimeSpan.FromMilliseconds(10) + (i == 500 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero);
            rate.OnAcknowledged(total += 1000);
            rate.PerSecond.BytesPerSecond.Should().BeLessThan(110_000);
        }

        rate.PerSecond.BytesPerSecond.Should().BeApproximately(100_000, 1000);
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(499)]
    public void OnAcknowledged_MoreThanSentOrLessThanBefore_IsRefused(long bytes)
    {
        var rate = new CrossingRate(_time);
        rate.OnSending(1000, 1);
        rate.OnAcknowledged(500);

        rate.OnAcknowledged(bytes).Should().BeFalse();
    }

    private sealed class JumpingClock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromHours(10);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
