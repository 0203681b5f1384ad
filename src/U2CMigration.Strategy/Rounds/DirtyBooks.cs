using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Prediction.Histories;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Rounds;

/// <summary>What the looks at the dirty pages add up to: what is owed, what the round brought, what every page did so far. Knows no clock: a migration and its replay keep the same books.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class DirtyBooks
{
    private readonly IMigrationStrategy _strategy;
    private PageSet _dirty = new();
    private PageSet _sample = new();
    private PageSet _spare = new();
    private TimeSpan _sampleLength;

    /// <summary>Opens the books.</summary>
    /// <param name="strategy">Learns from every sample.</param>
    public DirtyBooks(IMigrationStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        _strategy = strategy;
    }

    /// <summary>What is owed and delivered.</summary>
    public OwedPages Pages { get; } = new();

    /// <summary>The pages found since the round began.</summary>
    public PageSet Dirty => _dirty;

    /// <summary>How many of them were not owed before.</summary>
    public long ArrivedPages { get; private set; }

    /// <summary>The time since the round began, until the last look.</summary>
    public TimeSpan Interval { get; private set; }

    /// <summary>What every page did.</summary>
    public PageHistories Histories { get; } = new();

    /// <summary>Takes in what a look found. What was sent since the look before has been noted in <see cref="Pages"/>.</summary>
    /// <param name="found">The pages written since the look before; at first all resident pages. Not kept.</param>
    /// <param name="sinceLast">The time since the look before.</param>
    /// <param name="system">Asked for what the system is doing when the look ends a sample.</param>
    /// <returns>Whether the look ended a sample, from which the strategy has learned.</returns>
    public bool Take(PageSet found, TimeSpan sinceLast, Func<SystemSample> system)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(system);
        Interval += sinceLast;
        Pages.Add(found);
        ArrivedPages += Pages.ArrivedPages;
        Join(ref _dirty, found);
        Join(ref _sample, found);
        _sampleLength += sinceLast;
        if (Histories.SampleCount > 0 && _sampleLength < _strategy.Traits.ShortestSample)
        {
            return false;
        }

        Histories.Observe(_sample, null, _sampleLength, system());
        _sample.Clear();
        _sampleLength = TimeSpan.Zero;
        _strategy.Learn(Histories);
        return true;
    }

    /// <summary>Begins to count anew.</summary>
    public void BeginRound()
    {
        _dirty.Clear();
        ArrivedPages = 0;
        Interval = TimeSpan.Zero;
    }

    private void Join(ref PageSet pages, PageSet found)
    {
        _spare.Clear();
        pages.UnionTo(found, _spare);
        (pages, _spare) = (_spare, pages);
    }
}
