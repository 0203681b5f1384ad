namespace U2CMigration.Transport.Connections;

/// <summary>The bandwidth that the peer's acknowledgements show, over the last acknowledgements and without the time in which nothing was under way.</summary>
/// <remarks>Safe for concurrent use; no allocation.</remarks>
internal sealed class BandwidthEstimator(TimeProvider time)
{
    private const int Window = 32;

    private readonly Lock _lock = new();
    private readonly (long Bytes, long Ticks)[] _samples = new (long, long)[Window];
    private int _next;
    private long _sent;
    private long _acknowledged;
    private long _busySince;

    /// <summary>The bytes sent and not acknowledged.</summary>
    public long BytesUnderWay
    {
        get
        {
            lock (_lock)
            {
                return _sent - _acknowledged;
            }
        }
    }

    /// <summary>The bytes acknowledged.</summary>
    public long AcknowledgedBytes
    {
        get
        {
            lock (_lock)
            {
                return _acknowledged;
            }
        }
    }

    /// <summary>The bandwidth; 0 before the first acknowledgement.</summary>
    public double BytesPerSecond
    {
        get
        {
            lock (_lock)
            {
                long bytes = 0;
                long ticks = 0;
                foreach ((long sampleBytes, long sampleTicks) in _samples)
                {
                    bytes += sampleBytes;
                    ticks += sampleTicks;
                }

                return ticks == 0 ? 0 : (double)bytes * time.TimestampFrequency / ticks;
            }
        }
    }

    public void OnSending(int bytes)
    {
        lock (_lock)
        {
            if (_sent == _acknowledged)
            {
                _busySince = time.GetTimestamp();
            }

            _sent += bytes;
        }
    }

    /// <summary>Takes an acknowledgement.</summary>
    /// <param name="totalBytes">The bytes acknowledged since the connection was opened.</param>
    /// <returns>Whether so many bytes were sent at all and the number did not fall.</returns>
    public bool OnAcknowledged(long totalBytes)
    {
        lock (_lock)
        {
            if (totalBytes > _sent || totalBytes < _acknowledged)
            {
                return false;
            }

            if (totalBytes > _acknowledged)
            {
                long now = time.GetTimestamp();
                _samples[_next] = (totalBytes - _acknowledged, Math.Max(1, now - _busySince));
                _next = (_next + 1) % Window;
                _acknowledged = totalBytes;
                _busySince = now;
            }

            return true;
        }
    }
}
