using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.Recorded;

/// <summary>Writes a recording by hand.</summary>
/// <example>
/// <code>
/// IPageTracker tracker = new RecordingBuilder()
///     .Round(pages => pages.Add(1, 0x1000, 0x9000)) // the first round reports everything
///     .Round(pages => pages.Add(1, 0x2000, 0x3000))
///     .Build();
/// </code>
/// </example>
public sealed class RecordingBuilder
{
    private readonly List<RecordedRound> _rounds = [];

    /// <summary>Adds a round.</summary>
    /// <param name="dirty">Adds the pages written.</param>
    /// <param name="resident">Adds the pages that exist afterwards; null for every page seen so far.</param>
    public RecordingBuilder Round(Action<PageSet> dirty, Action<PageSet>? resident = null)
    {
        ArgumentNullException.ThrowIfNull(dirty);
        _rounds.Add(new RecordedRound(Fill(dirty), resident is null ? null : Fill(resident)));
        return this;
    }

    /// <summary>The tracker that replays the rounds added so far.</summary>
    public RecordedPageTracker Build() => new([.. _rounds]);

    private static PageSet Fill(Action<PageSet> add)
    {
        PageSet pages = new();
        add(pages);
        return pages;
    }
}
