using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Convergence;

/// <summary>How long it takes to send pages, by what was really achieved lately: by the link, by reading and encoding, and by all of it from end to end.</summary>
/// <param name="LinkBytes">Bytes per second that crossed while any were on their way; 0 while nothing is known.</param>
/// <param name="PreparedPages">Pages per second that were read and encoded; 0 while not known.</param>
/// <param name="AchievedBytes">Bytes per second from end to end, with all the time in which somebody was at work; 0 while not known.</param>
/// <param name="AchievedPages">The same in pages.</param>
/// <param name="AchievedSeconds">Over how long that was achieved.</param>
internal readonly record struct SendingPace(double LinkBytes, double PreparedPages, double AchievedBytes, double AchievedPages, double AchievedSeconds)
{
    /// <summary>What was achieved in less time is no proof that more cannot be.</summary>
    private const double ProvenSeconds = 0.5;

    /// <summary>No estimate is longer: it has to fit into a <see cref="TimeSpan"/> and be added to others.</summary>
    private const double LongestSeconds = 1e6;

    /// <summary>Whether anything is known.</summary>
    public bool IsKnown => LinkBytes > 0;

    /// <summary>The pace of the last seconds.</summary>
    /// <param name="connection">What the pages cross.</param>
    /// <param name="preparing">The pace of reading and encoding.</param>
    /// <param name="limit">The caller's limit, bytes per second; 0 for none.</param>
    public static SendingPace Of(MigrationConnection connection, PreparingPace preparing, long limit)
    {
        // The time in which our own limit kept us waiting is not the link's.
        double link = connection.LinkPace.BytesPerSecond;
        CrossingPace achieved = connection.Achieved;
        return new SendingPace(limit > 0 ? Math.Min(link, limit) : link, preparing.PagesPerSecond, achieved.BytesPerSecond, achieved.PagesPerSecond, achieved.Seconds);
    }

    /// <summary>How long sending takes; zero while nothing is known.</summary>
    /// <param name="pages">The pages.</param>
    /// <param name="bytes">Their bytes on the wire.</param>
    /// <remarks>
    /// The link needs its time for the bytes and the processor its time for the pages, side by side. Both together have not been faster than what was achieved: if each page cost something and
    /// each byte did, then these pages take at least the shorter of the times by pages and by bytes, whatever mixture was sent before.
    /// </remarks>
    public TimeSpan TimeFor(long pages, double bytes)
    {
        if (!IsKnown || pages == 0)
        {
            return TimeSpan.Zero;
        }

        double seconds = bytes / LinkBytes;
        if (PreparedPages > 0)
        {
            seconds = Math.Max(seconds, pages / PreparedPages);
        }

        return TimeSpan.FromSeconds(Math.Min(Math.Max(seconds, LeastSecondsFor(pages, bytes)), LongestSeconds));
    }

    /// <summary>How long sending takes at the very least; zero while too little is known.</summary>
    /// <param name="pages">The pages.</param>
    /// <param name="bytes">Their bytes on the wire.</param>
    public TimeSpan LeastTimeFor(long pages, double bytes) =>
        AchievedSeconds >= ProvenSeconds ? TimeSpan.FromSeconds(Math.Min(LeastSecondsFor(pages, bytes), LongestSeconds)) : TimeSpan.Zero;

    /// <summary>The bytes per second at which sending takes that long.</summary>
    public double BytesPerSecondFor(long pages, double bytes)
    {
        TimeSpan time = TimeFor(pages, bytes);
        return time > TimeSpan.Zero ? bytes / time.TotalSeconds : LinkBytes;
    }

    private double LeastSecondsFor(long pages, double bytes) =>
        AchievedBytes > 0 && AchievedPages > 0 ? Math.Min(pages / AchievedPages, bytes / AchievedBytes) : 0;
}
