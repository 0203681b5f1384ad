using MigrationEvents.Views;

namespace LiveMigration.Moves;

/// <summary>A way to move the workload from one host to the other.</summary>
public interface IMover
{
    /// <summary>Moves it; a failed migration is a result, not an exception.</summary>
    Task<Move> MoveAsync(Route route, IProgressView view, CancellationToken cancellationToken);
}
