using System.Diagnostics;
using FluentAssertions;
using LiveMigration.Rig;
using Xunit;

namespace LiveMigration.Tests.Rig;

public sealed class HostClockTests
{
    private static readonly HostClock Behind = HostClock.Parse("-18000000000 1795589256000000000 40000\n");

    [Fact]
    public void Local_ClockBehind_IsLater() => Behind.Local(Stopwatch.Frequency).Should().Be(19 * Stopwatch.Frequency);

    [Fact]
    public void FromUnixSeconds_IsTheSameMoment()
    {
        // One second after the host's boot, which the clock here numbers as 19.
        long local = Behind.FromUnixSeconds(1795589257);

        Stopwatch.GetElapsedTime(19 * Stopwatch.Frequency, local).TotalMilliseconds.Should().BeApproximately(0, 0.01);
    }

    [Fact]
    public void Shared_TellsNow()
    {
        long local = HostClock.Shared().FromUnixSeconds((DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds);

        Stopwatch.GetElapsedTime(local, Stopwatch.GetTimestamp()).TotalMilliseconds.Should().BeApproximately(0, 100);
    }
}
