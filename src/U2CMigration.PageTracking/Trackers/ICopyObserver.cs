using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;

namespace U2CMigration.PageTracking.Trackers;

/// <summary>A tracker that must be told which content was copied, because it compares contents. Whoever copies pages calls it around each read.</summary>
/// <remarks>
/// Such a tracker does not see writes. A page that holds A when it looks, B when it is copied, and A again when it looks next, is out of date at the
/// destination although both looks saw the same: lock words do that all the time. Both methods may be called while the tracker collects.
/// </remarks>
public interface ICopyObserver
{
    /// <summary>Pages are about to be read. Until the end is told they count as changed.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="ranges">The pages.</param>
    void BeginCopy(int processId, ReadOnlySpan<PageRange> ranges);

    /// <summary>They were read.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="ranges">The same pages.</param>
    /// <param name="content">What was read, one page behind the other.</param>
    /// <param name="unreadable">The pages that could not be read, by their position; their content does not count.</param>
    void EndCopy(int processId, ReadOnlySpan<PageRange> ranges, ReadOnlySpan<byte> content, PageBitmap unreadable);
}
