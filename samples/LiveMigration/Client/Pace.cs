using System.Diagnostics;

namespace LiveMigration.Client;

/// <summary>Says how many writes are due. What was missed while the server was silent is not made up for, so that throughput stays a measure.</summary>
public sealed class Pace(double perSecond)
{
    private static readonly double SecondsPerTick = 1.0 / Stopwatch.Frequency;
    private const double LongestCreditSeconds = 0.01;
    private double _credit;
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Whether there is no limit.</summary>
    public bool Unlimited => perSecond <= 0;

    public void Begin()
    {
        _credit = 0;
        _last = Stopwatch.GetTimestamp();
    }

    public int Due(long now, int room)
    {
        if (Unlimited)
        {
            return room;
        }

        _credit = Math.Min(_credit + ((now - _last) * SecondsPerTick * perSecond), Math.Max(1, perSecond * LongestCreditSeconds));
        _last = now;
        int due = Math.Min((int)_credit, room);
        _credit -= due;
        return due;
    }
}
