using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Strategy.Replay;

/// <summary>How hard a workload presses on a link: bytes dirtied per second, in windows of one second, to what the link carries.</summary>
public static class TracePressure
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    /// <summary>The bytes dirtied per second: the mean over windows of one second, in each of which a page counts once.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="time">How long to look at it, from the beginning; whole seconds count, at least one.</param>
    public static double DirtyBytesPerSecond(IReplayedWorkload workload, TimeSpan time)
    {
        ArgumentNullException.ThrowIfNull(workload);
        int windows = Math.Max(1, (int)(time / Window));
        long pages = 0;
        var written = new PageSet();
        for (int i = 0; i < windows; i++)
        {
            written.Clear();
            workload.Collect(Window * i, Window * (i + 1), written);
            pages += written.PageCount;
        }

        return pages * (double)PageSize.Bytes / windows;
    }
}
