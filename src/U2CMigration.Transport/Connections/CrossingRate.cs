namespace U2CMigration.Transport.Connections;

/// <summary>How fast bytes and pages cross, by what was both handed over and acknowledged within a window of counted time.</summary>
/// <remarks>
/// It cannot be fooled by scheduling. Whatever is counted was handed over after the window began and is at the peer by now, however late the acknowledgement was looked at, and
/// however many of them were taken at once. So the rate is never above what really crossed within the window; it is below by what was on its way when the window began.
/// Time counts while bytes are on their way; with <see cref="Begin"/> also while somebody prepares more of them. Safe for concurrent use; no allocation.
/// </remarks>
internal sealed class CrossingRate(TimeProvider time)
{
    /// <summary>How far back it looks, seconds of counted time: several times what lies in buffers, so that this does not weigh much.</summary>
    public const double WindowSeconds = 2;

    /// <summary>Less time than this is taken for so much: what crossed within microseconds says little about a second.</summary>
    public const double LeastSeconds = 0.01;

    private const int MarksPerWindow = 32;

    // One more than are needed, and one for where the first is overwritten.
    private const int Marks = MarksPerWindow + 2;

    private readonly Lock _lock = new();
    private readonly long _window = (long)(WindowSeconds * time.TimestampFrequency);
    private readonly Mark[] _marks = new Mark[Marks];
    private long _markCount;
    private long _counted;
    private long _countedUntil;
    private bool _isCounting;
    private int _preparing;
    private long _sent;
    private long _sentPages;
    private long _acknowledged;

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

    /// <summary>The rates; 0 before the first acknowledgement, never afterwards.</summary>
    public CrossingPace PerSecond
    {
        get
        {
            lock (_lock)
            {
                if (_acknowledged == 0)
                {
                    return default;
                }

                Advance();
                Mark begin = FindBegin();
                double seconds = Math.Max(LeastSeconds, (double)(_counted - begin.Counted) / time.TimestampFrequency);

                // Nothing at all would be taken for "not known", and it is known: so little.
                long bytes = Math.Max(1, _acknowledged - begin.Bytes);
                return new CrossingPace(bytes / seconds, Math.Max(1, AcknowledgedPages() - begin.Pages) / seconds, bytes, seconds);
            }
        }
    }

    /// <summary>Somebody begins to prepare what is sent: time counts until <see cref="End"/>.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            Count();
            AddMark();
            _preparing++;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _preparing--;
            StopIfIdle();
        }
    }

    /// <summary>Bytes are about to be handed over.</summary>
    public void OnSending(int bytes, int pages)
    {
        lock (_lock)
        {
            Count();
            if (_preparing == 0)
            {
                AddMark();
            }

            _sent += bytes;
            _sentPages += pages;
            if (_preparing > 0)
            {
                // These were prepared before; whatever follows is prepared from now on.
                AddMark();
            }
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

            _acknowledged = totalBytes;
            StopIfIdle();
            return true;
        }
    }

    /// <summary>The newest mark that is a window old; the first one while none is.</summary>
    private Mark FindBegin()
    {
        long oldest = Math.Max(0, _markCount - Marks);
        long found = oldest;
        while (found + 1 < _markCount && _counted - _marks[(found + 1) % Marks].Counted >= _window)
        {
            found++;
        }

        return _marks[found % Marks];
    }

    /// <summary>The pages that were handed over before the newest mark that is acknowledged: at least so many are at the peer.</summary>
    private long AcknowledgedPages()
    {
        if (_acknowledged == _sent)
        {
            return _sentPages;
        }

        long oldest = Math.Max(0, _markCount - Marks);
        long index = _markCount - 1;
        while (index > oldest && _marks[index % Marks].Bytes > _acknowledged)
        {
            index--;
        }

        return _marks[index % Marks].Pages;
    }

    private void AddMark()
    {
        if (_markCount == 0 || _counted - _marks[(_markCount - 1) % Marks].Counted >= _window / MarksPerWindow)
        {
            _marks[_markCount++ % Marks] = new Mark(_counted, _sent, _sentPages);
        }
    }

    private void Count()
    {
        Advance();
        if (!_isCounting)
        {
            _isCounting = true;
            _countedUntil = time.GetTimestamp();
        }
    }

    private void StopIfIdle()
    {
        Advance();
        _isCounting = _preparing > 0 || _sent > _acknowledged;
    }

    /// <summary>Counts the time since the last event. A clock that jumps back costs what lies in between, and no more.</summary>
    private void Advance()
    {
        if (_isCounting)
        {
            long now = time.GetTimestamp();
            _counted += Math.Max(0, now - _countedUntil);
            _countedUntil = now;
        }
    }

    /// <summary>What was handed over, in all, when so much time had been counted: everything beyond it crosses afterwards.</summary>
    private readonly record struct Mark(long Counted, long Bytes, long Pages);
}
