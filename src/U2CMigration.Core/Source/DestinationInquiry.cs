using U2CMigration.Core.Committing;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Asks a destination what became of a migration, on a connection of its own.</summary>
internal static class DestinationInquiry
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is final: what is not committed by then is given up there.</summary>
    /// <param name="open">Opens a connection to the destination.</param>
    /// <param name="migrationId">The migration.</param>
    /// <param name="commit">What the source has committed to.</param>
    /// <param name="onCommitted">What is to be done when the destination waits for what the frozen original holds.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <returns><see cref="DestinationVerdict.Runs"/>, <see cref="DestinationVerdict.DoesNotRun"/> or <see cref="DestinationVerdict.NotKnown"/>.</returns>
    /// <exception cref="TransportException">The destination cannot be asked now.</exception>
    public static async Task<DestinationVerdict> AskAsync(
        Func<CancellationToken, Task<MigrationConnection>> open, Guid migrationId, SourceCommit commit, Func<Task> onCommitted, CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (commit.Hear(await AskOnceAsync(open, migrationId, cancellationToken).ConfigureAwait(false)))
            {
                case DestinationVerdict.WaitsForLocks:
                    await onCommitted().ConfigureAwait(false);
                    goto case DestinationVerdict.Undecided;
                case DestinationVerdict.Undecided:
                    // Its copy is just ending, or just being resumed.
                    await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
                    break;
                case var verdict:
                    return verdict;
            }
        }
    }

    private static async Task<State> AskOnceAsync(Func<CancellationToken, Task<MigrationConnection>> open, Guid migrationId, CancellationToken cancellationToken)
    {
        MigrationConnection connection = await open(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await connection.SendAsync(new Query(migrationId) { AbortUnlessCommitted = true }, cancellationToken).ConfigureAwait(false);
            MigrationMessage answer = await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            return answer is State state && state.MigrationId == migrationId ? state : throw SourceDialogue.Unexpected(nameof(State), answer);
        }
    }
}
