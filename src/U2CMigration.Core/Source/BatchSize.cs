using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>How many pages go into a batch: the shorter the slices, the fewer, as whoever has better pages to send waits for two batches.</summary>
internal static class BatchSize
{
    /// <summary>Less costs more in calls than it is worth.</summary>
    public const int LeastPages = 32;

    /// <summary>A batch takes a fifth of a slice.</summary>
    private const double ShareOfSlice = 0.2;

    /// <summary>The pages of a batch.</summary>
    /// <param name="slice">How long is sent until the next look; <see cref="Timeout.InfiniteTimeSpan"/> for full batches.</param>
    /// <param name="bytesPerSecond">The bandwidth; 0 while unknown.</param>
    /// <remarks>Counted in whole pages: those that travel as differences occupy the link for less.</remarks>
    public static int Of(TimeSpan slice, double bytesPerSecond) => slice == Timeout.InfiniteTimeSpan
        ? PageBatch.MaxPages
        : (int)Math.Clamp(bytesPerSecond * slice.TotalSeconds * ShareOfSlice / PageSize.Bytes, LeastPages, PageBatch.MaxPages);
}
