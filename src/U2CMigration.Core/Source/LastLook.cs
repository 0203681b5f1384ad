using System.Diagnostics;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Sessions;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Source;

/// <summary>Looks through the workload again shortly before the freeze: what has come since the pre-flight would otherwise be found while it is frozen, or not at all.</summary>
internal sealed class LastLook(SourceContext context)
{
    /// <summary>A freeze may be put off many times in a row, and a look takes processor time from the workload.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    /// <summary>The workload continues to write in this time.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private long _lookedAt;

    /// <summary>Looks.</summary>
    /// <param name="processIds">The processes that are tracked, also those that have lost their parents; what has come since is looked at as well.</param>
    /// <param name="cancellationToken">Ends the migration.</param>
    /// <exception cref="MigrationException">Something has come that cannot move; the workload was not frozen.</exception>
    public async Task TakeAsync(IReadOnlyCollection<int> processIds, CancellationToken cancellationToken)
    {
        if (_lookedAt != 0 && Stopwatch.GetElapsedTime(_lookedAt) < Freshness)
        {
            return;
        }

        int root = context.Target.RootProcessId;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        try
        {
            IReadOnlyList<InventoryFinding> found =
                await context.Inventory.TakeAsync(() => [root, .. processIds.Union(ProcessTree.List(root)).Where(process => process != root)], limited.Token).ConfigureAwait(false);
            Judge(found);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.Warn(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Looking through the workload again before the freeze took more than {Limit.TotalSeconds:0.#} s and was left: what it has opened since the beginning may not come along."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Warn($"Looking through the workload again before the freeze failed ({e.Message}): what it has opened since the beginning may not come along.");
        }

        _lookedAt = Stopwatch.GetTimestamp();
        context.Logger.LookedAgain(context.Inventory.Duration.TotalMilliseconds, context.Inventory.All.Count);
    }

    private void Judge(IReadOnlyList<InventoryFinding> found)
    {
        IReadOnlyList<string> refused = FindingSentences.Of(found, FindingSeverity.Refused);
        if (refused.Count > 0)
        {
            throw new MigrationException(
                $"What the workload has opened while its memory was copied cannot move; it was not frozen. {string.Join(' ', refused)}", MigrationPhase.PreCopy, WorkloadState.Running, isTransient: false);
        }

        foreach (string sentence in FindingSentences.Of(found, FindingSeverity.GivenUp))
        {
            context.Warn($"Given up, as the options allow: {sentence}");
        }
    }
}
