using Microsoft.Extensions.Logging;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Sessions;

namespace U2CMigration.Core.Progress;

/// <summary>Keeps the newest snapshot and hands it to the caller's handler, which may throw.</summary>
internal sealed class ProgressReporter(IProgress<MigrationProgress>? handler, ILogger logger)
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _order = new();
    private readonly long _start = TimeProvider.System.GetTimestamp();
    private long _lastReport;
    private MigrationProgress _now = new() { Phase = MigrationPhase.Created };

    /// <summary>Where the migration stands.</summary>
    public MigrationPhase Phase => _now.Phase;

    /// <summary>Enters a phase and reports it.</summary>
    public void Enter(MigrationPhase phase)
    {
        logger.PhaseEntered(phase);
        Update(static (now, phase) => now with { Phase = phase }, phase, atOnce: true);
    }

    /// <summary>Changes the snapshot; reports it at once or when the last report is old enough.</summary>
    public void Update<TState>(Func<MigrationProgress, TState, MigrationProgress> change, TState state, bool atOnce)
    {
        lock (_order)
        {
            _now = change(_now, state) with { Elapsed = TimeProvider.System.GetElapsedTime(_start) };
            if (handler is null || (!atOnce && TimeProvider.System.GetElapsedTime(_lastReport) < LeastInterval))
            {
                return;
            }

            _lastReport = TimeProvider.System.GetTimestamp();
            try
            {
                handler.Report(_now);
            }
            catch (Exception e)
            {
                logger.ProgressHandlerFailed(e);
            }
        }
    }
}
