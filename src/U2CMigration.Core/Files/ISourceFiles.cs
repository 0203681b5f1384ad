namespace U2CMigration.Core.Files;

/// <summary>Carries the files of workloads along, in step with the rounds of their memory. Serves all sessions that it is given to; what belongs to one migration is an <see cref="IDepartingFiles"/>.</summary>
/// <remarks>Implemented by callers with a replication of their own; the package <c>U2CMigration.Containers</c> has one for containers. The destination needs the other half, an <see cref="IDestinationFiles"/>.</remarks>
public interface ISourceFiles
{
    /// <summary>Called once for a migration, when the destination has accepted it; the workload runs.</summary>
    /// <param name="surroundings">The migration, and the stream to the other half.</param>
    /// <param name="cancellationToken">Cancels the migration.</param>
    /// <returns>The files of this migration alone.</returns>
    /// <exception cref="IOException">They cannot be carried; the message says why and what helps. The migration fails, and the workload runs on here.</exception>
    Task<IDepartingFiles> BeginAsync(FilesSurroundings surroundings, CancellationToken cancellationToken);
}
