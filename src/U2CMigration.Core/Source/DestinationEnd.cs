using U2CMigration.Transport;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Source;

/// <summary>Waits until a destination has ended its copy after a failure, where the rollback needs that.</summary>
internal static class DestinationEnd
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>A destination that was killed says nothing; what it had restored ends by itself.</summary>
    private static readonly TimeSpan AfterLoss = TimeSpan.FromMilliseconds(300);

    /// <summary>Says why it ends, and waits for the end of the connection: a destination closes it when nothing of the workload is left there.</summary>
    public static async Task TellAndWaitAsync(MigrationConnection? connection, SourceDialogue? dialogue, Exception cause, SourceContext context)
    {
        await SourceFailure.TellDestinationAsync(connection, cause, context).ConfigureAwait(false);
        if (dialogue is null)
        {
            return;
        }

        bool lost = dialogue.Failure is TransportException;
        await Task.Delay(lost ? AfterLoss : Patience, lost ? CancellationToken.None : dialogue.Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
