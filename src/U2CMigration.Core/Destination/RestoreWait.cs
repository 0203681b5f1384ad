using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>Waits for a restore together with what it depends on: when one fails, the other ends before the failure is passed on.</summary>
internal static class RestoreWait
{
    /// <summary>Waits for the last pages while the restore runs.</summary>
    /// <param name="completing">Ends when every page is here.</param>
    /// <param name="holding">The restore.</param>
    /// <param name="stop">Cancels both.</param>
    public static async Task CompleteAsync(Task completing, Task<int> holding, CancellationTokenSource stop)
    {
        if (await Task.WhenAny(completing, holding).ConfigureAwait(false) == holding && !holding.IsCompletedSuccessfully)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await completing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await holding.ConfigureAwait(false);
        }

        try
        {
            await completing.ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)holding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Waits for the restore, and gives up at once when the source does or is gone.</summary>
    /// <param name="holding">The restore.</param>
    /// <param name="listening">The next message of the source.</param>
    /// <param name="stop">Cancels both.</param>
    /// <returns>The process at the root of the restored tree.</returns>
    public static async Task<int> HoldAsync(Task<int> holding, Task<MigrationMessage> listening, CancellationTokenSource stop)
    {
        Task first = await Task.WhenAny(listening, holding).ConfigureAwait(false);

        // Nothing is lost by this: a message that is not complete stays with the connection.
        await stop.CancelAsync().ConfigureAwait(false);
        if (first == holding)
        {
            await ((Task)listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!listening.IsCompletedSuccessfully)
            {
                return await holding.ConfigureAwait(false);
            }
        }

        await ((Task)holding).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw RestoreMessages.Unexpected(await listening.ConfigureAwait(false));
    }
}
