using U2CMigration.Core.Source;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Settlement;

/// <summary>Asks a destination what became of a migration, on a connection of its own.</summary>
internal static class DestinationInquiry
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Asks until the answer is final. The destination keeps its answers as long as its processes live, so that not knowing means not running.</summary>
    /// <param name="context">The migration.</param>
    /// <param name="onCommitted">What is to be done when the destination says that it has committed and does not run the workload yet.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="TransportException">The destination can not be asked now.</exception>
    public static async Task<MigrationSettlement> AskAsync(SourceContext context, Func<Task> onCommitted, CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (await AskOnceAsync(context, cancellationToken).ConfigureAwait(false))
            {
                case MigrationState.Resumed:
                    return MigrationSettlement.Moved;
                case MigrationState.Aborted or MigrationState.Unknown:
                    return MigrationSettlement.RolledBack;
                case MigrationState.Committed:
                    await onCommitted().ConfigureAwait(false);
                    goto default;
                default:
                    // It has not noticed yet that the connection is gone, or is just resuming.
                    await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    private static async Task<MigrationState> AskOnceAsync(SourceContext context, CancellationToken cancellationToken)
    {
        MigrationConnection connection = await SourceConnection.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await connection.SendAsync(new Query(context.MigrationId), cancellationToken).ConfigureAwait(false);
            MigrationMessage answer = await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            return answer is State state && state.MigrationId == context.MigrationId
                ? state.Value
                : throw SourceDialogue.Unexpected(nameof(State), answer);
        }
    }
}
