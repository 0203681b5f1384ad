using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>What a destination may want while it restores.</summary>
internal interface IRestoreQuestions
{
    /// <summary>Sends pages that it lacks.</summary>
    /// <returns>Whether a round was sent, which it acknowledges; false while the request continues.</returns>
    /// <exception cref="Transport.MigrationProtocolException">It asks for what is not its due.</exception>
    Task<bool> AnswerAsync(MissingPages request, CancellationToken cancellationToken);

    /// <summary>Takes the locks that it gets only once the frozen tree is gone.</summary>
    void Take(LocksPending pending);

    /// <summary>Takes what it could not give to the restored tasks.</summary>
    void Take(CarriedOutcome outcome);
}
