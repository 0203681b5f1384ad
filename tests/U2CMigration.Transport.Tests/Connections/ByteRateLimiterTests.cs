using Microsoft.Extensions.Time.Testing;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Transport.Tests.Connections;

public sealed class ByteRateLimiterTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcquireAsync_NoLimit_NeverWaits()
    {
        var limiter = new ByteRateLimiter(0, _time);

        for (int i = 0; i < 100; i++)
        {
            await limiter.AcquireAsync(1 << 20, Cancellation);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task AcquireAsync_OverTenSeconds_KeepsTheRate()
    {
        var limiter = new ByteRateLimiter(1_000_000, _time);
        long start = _time.GetTimestamp();

        for (int i = 0; i < 100; i++)
        {
            ValueTask acquiring = limiter.AcquireAsync(100_000, Cancellation);
            Task waiting = acquiring.AsTask();
            while (!waiting.IsCompleted)
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
                await Task.Yield();
            }
        }

        // The first frame goes at once, so 99 of them are waited for. Each wait is rounded up to a whole millisecond.
        _time.GetElapsedTime(start).TotalSeconds.Should().BeInRange(9.8, 10.3);
    }

    [Fact]
    public async Task AcquireAsync_AfterAFrame_TheNextOneWaits()
    {
        var limiter = new ByteRateLimiter(1000, _time);
        await limiter.AcquireAsync(500, Cancellation);

        Task waiting = limiter.AcquireAsync(1, Cancellation).AsTask();

        waiting.IsCompleted.Should().BeFalse();
        limiter.BytesPerSecond = 0;
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await waiting;
    }

    [Fact]
    public async Task AcquireAsync_LongIdleBefore_SavesUpNoMoreThanTheBurst()
    {
        var limiter = new ByteRateLimiter(1000, _time);
        _time.Advance(TimeSpan.FromHours(1));
        await limiter.AcquireAsync(21, Cancellation);

        Task waiting = limiter.AcquireAsync(1, Cancellation).AsTask();

        waiting.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await waiting;
    }
}
