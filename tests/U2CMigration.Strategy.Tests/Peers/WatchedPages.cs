using U2CMigration.Prediction.Histories;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests.Peers;

/// <summary>Ten thousand pages, of which the first hundred are written in every sample.</summary>
internal sealed class WatchedPages
{
    public const int All = 10_000;
    public const int Hot = 100;

    private readonly PageHistories _histories = new();

    /// <summary>Shows a strategy some samples.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="hotPages">How many pages are written in each sample behind the first, one after the other.</param>
    public void Show(IMigrationStrategy strategy, params long[] hotPages)
    {
        foreach (long hot in (long[])[All, .. hotPages])
        {
            _histories.Observe(Pages(0, hot), null, TimeSpan.FromMilliseconds(250));
            strategy.Learn(_histories);
        }
    }

    public RoundObservation State(int round, long owed, long? before) => At(round, owed, before) with { Histories = _histories };
}
