namespace U2CMigration.Core.Files;

/// <summary>The files of one workload on the source. One call at a time; disposed when the migration is over, whatever came of it.</summary>
public interface IDepartingFiles : IAsyncDisposable
{
    /// <summary>
    /// Sends what the destination lacks: again and again while the workload runs, and once more when it stands still (<paramref name="isFrozen"/>), which is part of the downtime. Each call meets one
    /// of <see cref="IArrivingFiles.ReceiveRoundAsync"/> there, and the next comes only when that has returned.
    /// </summary>
    /// <param name="isFrozen">Whether the workload stands still. When this call returns nothing of the files is read any more, and CRIU may change times of directories.</param>
    /// <param name="cancellationToken">Ends it; the migration is given up.</param>
    /// <returns>What was sent, and what is left.</returns>
    /// <exception cref="IOException">It cannot be done; the migration fails, and the workload runs on here.</exception>
    Task<SentFiles> SendRoundAsync(bool isFrozen, CancellationToken cancellationToken);

    /// <summary>Compares both sides, after the frozen round, where the caller wants everything verified; meets <see cref="IArrivingFiles.AnswerAsync"/>. Compares nothing by default.</summary>
    /// <param name="cancellationToken">Ends it; the migration is given up.</param>
    /// <returns>What differs, which ends the migration; the workload runs on here then.</returns>
    Task<FilesComparison> CompareAsync(CancellationToken cancellationToken) => Task.FromResult(new FilesComparison(0, 0, []));

    /// <summary>The workload runs on the destination: its files belong there from now on. Must neither throw nor wait; not called when the migration fails.</summary>
    void Commit()
    {
    }
}
