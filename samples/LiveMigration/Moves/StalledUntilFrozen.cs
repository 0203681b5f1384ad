using MigrationEvents;
using MigrationEvents.Views;

namespace LiveMigration.Moves;

/// <summary>Ends stalls when the workload is about to be frozen: from then on they would only be added to the downtime.</summary>
internal sealed class StalledUntilFrozen(IProgressView view, Stalls stalls) : IProgressView
{
    private static readonly string[] Before = ["Created", "Preflight", "Connecting", "Attaching", "PreCopy"];

    public void Report(ProgressEvent progress)
    {
        if (!Before.Contains(progress.Phase))
        {
            stalls.End();
        }

        view.Report(progress);
    }

    public ValueTask DisposeAsync() => view.DisposeAsync();
}
