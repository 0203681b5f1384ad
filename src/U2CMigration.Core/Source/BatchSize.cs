using U2CMigration.Strategy.Rounds;
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
    /// <param name="previous">The round before, which shows how many pages link and processor manage; null if there was none.</param>
    public static int Of(TimeSpan slice, RoundOutcome? previous)
    {
        if (slice == Timeout.InfiniteTimeSpan)
        {
            return PageBatch.MaxPages;
        }

        double perSecond = previous is { SentPages: > 0 } round && round.Duration > TimeSpan.Zero ? round.SentPages / round.Duration.TotalSeconds : 0;
        return (int)Math.Clamp(perSecond * slice.TotalSeconds * ShareOfSlice, LeastPages, PageBatch.MaxPages);
    }
}
