namespace U2CMigration.Core.Files;

/// <summary>Takes the files of workloads that arrive: the other half of an <see cref="ISourceFiles"/>. Serves all migrations of a receiver, several at once.</summary>
public interface IDestinationFiles
{
    /// <summary>Called once for a migration that is about to be accepted, while the workload runs on the source.</summary>
    /// <param name="surroundings">The migration, and the stream to the other half, which is not to be trusted.</param>
    /// <param name="cancellationToken">Cancels the migration.</param>
    /// <returns>The files of this migration alone.</returns>
    /// <exception cref="IOException">They cannot be taken; the message says why and what helps. The migration fails, and the workload runs on at the source.</exception>
    Task<IArrivingFiles> BeginAsync(FilesSurroundings surroundings, CancellationToken cancellationToken);
}
