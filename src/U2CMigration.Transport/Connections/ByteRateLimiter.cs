namespace U2CMigration.Transport.Connections;

/// <summary>A token bucket for bytes that may go into debt: a frame is never cut, the next one waits for it.</summary>
/// <remarks>Safe for concurrent use. Allocates only when it makes its caller wait.</remarks>
internal sealed class ByteRateLimiter
{
    // What an idle link may save up. Longer bursts would queue in the network and delay what the freeze has to send.
    private const double BurstSeconds = 0.02;

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _bytesPerSecond;
    private double _tokens;
    private long _filledAt;

    public ByteRateLimiter(long bytesPerSecond, TimeProvider time)
    {
        _time = time;
        _bytesPerSecond = bytesPerSecond;
        _filledAt = time.GetTimestamp();
    }

    /// <summary>The limit; 0 for none. A debt made under the old limit is forgiven.</summary>
    public long BytesPerSecond
    {
        get
        {
            lock (_lock)
            {
                return _bytesPerSecond;
            }
        }

        set
        {
            lock (_lock)
            {
                _bytesPerSecond = value;
                _tokens = 0;
                _filledAt = _time.GetTimestamp();
            }
        }
    }

    /// <summary>Waits until the debt is paid off, then takes the bytes.</summary>
    public ValueTask AcquireAsync(int bytes, CancellationToken cancellationToken)
    {
        TimeSpan wait = TryTake(bytes);
        return wait == TimeSpan.Zero ? ValueTask.CompletedTask : WaitAsync(bytes, wait, cancellationToken);
    }

    private async ValueTask WaitAsync(int bytes, TimeSpan wait, CancellationToken cancellationToken)
    {
        while (wait > TimeSpan.Zero)
        {
            // In slices, so that lifting the limit at the freeze takes effect at once and not after a long debt.
            TimeSpan slice = wait < TimeSpan.FromMilliseconds(20) ? wait : TimeSpan.FromMilliseconds(20);
            await Task.Delay(slice, _time, cancellationToken).ConfigureAwait(false);
            wait = TryTake(bytes);
        }
    }

    private TimeSpan TryTake(int bytes)
    {
        lock (_lock)
        {
            if (_bytesPerSecond == 0)
            {
                return TimeSpan.Zero;
            }

            long now = _time.GetTimestamp();
            _tokens = Math.Min(_tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _bytesPerSecond), _bytesPerSecond * BurstSeconds);
            _filledAt = now;
            if (_tokens < 0)
            {
                // At least a millisecond: timers have no finer grain, and rounding to zero would look like success.
                return TimeSpan.FromMilliseconds(Math.Max(1, -_tokens / _bytesPerSecond * 1000));
            }

            _tokens -= bytes;
            return TimeSpan.Zero;
        }
    }
}
