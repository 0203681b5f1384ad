using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;

namespace U2CMigration.Strategy.Replay;

/// <summary>A made-up container of any size in a few runs of pages: its first pages are written all the time, the others one after the other, again and again.</summary>
/// <remarks>What it costs to replay does not depend on how many pages a run has, so it shows what large containers cost the engine's sets and the strategies.</remarks>
public sealed class SweptContainer : IReplayedWorkload
{
    private const int ProcessId = 1;
    private const ulong Start = 0x10_0000_0000;

    private readonly long _hotPages;
    private readonly long _coldPages;
    private readonly double _sweptPagesPerSecond;

    /// <summary>Makes a container.</summary>
    /// <param name="pages">Its pages.</param>
    /// <param name="hotPages">How many of them are written all the time; less than all.</param>
    /// <param name="sweptPagesPerSecond">How many of the others are written per second.</param>
    public SweptContainer(long pages, long hotPages, double sweptPagesPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(hotPages);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(hotPages, pages);
        ArgumentOutOfRangeException.ThrowIfNegative(sweptPagesPerSecond);
        (_hotPages, _coldPages, _sweptPagesPerSecond) = (hotPages, pages - hotPages, sweptPagesPerSecond);
        Add(Resident, 0, pages);
    }

    /// <inheritdoc/>
    public PageSet Resident { get; } = new();

    /// <inheritdoc/>
    public void Collect(TimeSpan from, TimeSpan until, PageSet written)
    {
        ArgumentNullException.ThrowIfNull(written);
        Add(written, 0, _hotPages);
        long first = (long)(from.TotalSeconds * _sweptPagesPerSecond);
        long count = (long)(until.TotalSeconds * _sweptPagesPerSecond) - first;
        if (count >= _coldPages)
        {
            Add(written, _hotPages, _coldPages);
            return;
        }

        first %= _coldPages;
        long wrapped = Math.Max(0, first + count - _coldPages);
        Add(written, _hotPages, wrapped);
        Add(written, _hotPages + first, count - wrapped);
    }

    /// <inheritdoc/>
    public SystemSample SystemAt(TimeSpan at) => default;

    private static void Add(PageSet pages, long first, long count)
    {
        if (count > 0)
        {
            pages.Add(ProcessId, Start + ((ulong)first << PageSize.Shift), Start + ((ulong)(first + count) << PageSize.Shift));
        }
    }
}
