using System.Diagnostics;

namespace LiveMigration.Client;

/// <summary>When replies came: operations and latencies in bins of 10 ms, and every silence of a millisecond or more.</summary>
public sealed class ReplyLog
{
    private static readonly long BinTicks = Stopwatch.Frequency / 100;
    private static readonly long NotableTicks = Stopwatch.Frequency / 1000;
    private readonly long _origin = Stopwatch.GetTimestamp();
    private readonly List<Bin> _bins = [];
    private readonly List<(long From, long To)> _silences = [];
    private long _last;

    /// <summary>The writing begins (again): what went before is not a silence.</summary>
    public void Begin() => _last = Stopwatch.GetTimestamp();

    /// <summary>Takes the replies that one receive brought.</summary>
    /// <param name="now">When they came.</param>
    public void Arrived(long now)
    {
        if (now - _last >= NotableTicks)
        {
            _silences.Add((_last, now));
        }

        _last = now;
    }

    /// <summary>Takes one reply.</summary>
    /// <param name="sent">When its request was sent.</param>
    /// <param name="now">When it came.</param>
    /// <param name="operations">The operations that it confirms.</param>
    public void Answered(long sent, long now, long operations)
    {
        int index = (int)((now - _origin) / BinTicks);
        while (_bins.Count <= index)
        {
            _bins.Add(default);
        }

        Bin bin = _bins[index];
        long latency = now - sent;
        _bins[index] = new Bin(bin.Replies + 1, bin.Operations + operations, bin.LatencySum + latency, Math.Max(bin.LatencyMax, latency));
    }

    /// <summary>The longest silence that overlaps the span; a silence that is still going on counts up to now.</summary>
    public (long From, long To) LongestSilence(long from, long to)
    {
        long now = Stopwatch.GetTimestamp();
        (long From, long To) longest = (_last, _last);
        if (_last < to && now - _last >= NotableTicks)
        {
            longest = (_last, now);
        }

        for (int i = _silences.Count - 1; i >= 0 && _silences[i].To > from; i--)
        {
            (long From, long To) silence = _silences[i];
            if (silence.From < to && silence.To - silence.From > longest.To - longest.From)
            {
                longest = silence;
            }
        }

        return longest;
    }

    /// <summary>Counts what was answered in a span; a bin at its edge counts by the share that lies inside.</summary>
    public (double Operations, double MeanLatencyMs, double MaxLatencyMs) Count(long from, long to)
    {
        double operations = 0;
        double replies = 0;
        double latency = 0;
        long worst = 0;
        int first = (int)Math.Max(0, (from - _origin) / BinTicks);
        int last = (int)Math.Min(_bins.Count - 1, (to - _origin) / BinTicks);
        for (int i = first; i <= last; i++)
        {
            long start = _origin + (i * BinTicks);
            double share = (double)(Math.Min(to, start + BinTicks) - Math.Max(from, start)) / BinTicks;
            if (share > 0)
            {
                operations += _bins[i].Operations * share;
                replies += _bins[i].Replies * share;
                latency += _bins[i].LatencySum * share;
                worst = Math.Max(worst, _bins[i].LatencyMax);
            }
        }

        double perMs = Stopwatch.Frequency / 1000.0;
        return (operations, replies > 0 ? latency / replies / perMs : 0, worst / perMs);
    }

    private readonly record struct Bin(int Replies, long Operations, long LatencySum, long LatencyMax);
}
