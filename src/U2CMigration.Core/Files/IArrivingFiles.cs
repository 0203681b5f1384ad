namespace U2CMigration.Core.Files;

/// <summary>The files of one workload on the destination. One call at a time.</summary>
public interface IArrivingFiles : IAsyncDisposable
{
    /// <summary>Takes one round. When the last one (<paramref name="isFrozen"/>) returns, everything is where the restored processes will look for it.</summary>
    /// <param name="isFrozen">Whether the workload stands still on the source.</param>
    /// <param name="cancellationToken">Ends it; the migration is given up.</param>
    /// <exception cref="IOException">It cannot be done; the migration fails, and the workload runs on at the source.</exception>
    Task ReceiveRoundAsync(bool isFrozen, CancellationToken cancellationToken);

    /// <summary>The other half of <see cref="IDepartingFiles.CompareAsync"/>. Does nothing by default.</summary>
    /// <param name="cancellationToken">Ends it; the migration is given up.</param>
    Task AnswerAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The workload is committed and runs next. Must neither throw nor wait.</summary>
    void Commit();

    /// <summary>The migration is given up, and nothing of the workload is left that could use the files: removes what has arrived. Comes before the source is told, and before disposal.</summary>
    /// <exception cref="IOException">Something is left; the message says what, and is logged.</exception>
    Task DiscardAsync();
}
