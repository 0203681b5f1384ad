using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>What the source sends while the restore is under way, in any order: each message is taken by the part that it is for.</summary>
/// <param name="connection">The connection with the source.</param>
/// <param name="parts">Take a message if it is theirs.</param>
internal sealed class RestoreMessages(MigrationConnection connection, params IReadOnlyList<Func<MigrationMessage, bool>> parts)
{
    /// <summary>Has a part take a message.</summary>
    /// <returns>False when it is for none of them.</returns>
    public bool TryTake(MigrationMessage message)
    {
        foreach (Func<MigrationMessage, bool> part in parts)
        {
            if (part(message))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Waits for the next message that is for none of them.</summary>
    public async Task<MigrationMessage> NextOtherAsync(CancellationToken cancellationToken)
    {
        MigrationMessage message;
        do
        {
            message = await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        }
        while (TryTake(message));
        return message;
    }

    /// <summary>Takes messages until a part has all that it needs.</summary>
    /// <param name="isComplete">Whether it has.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SourceAbortedException">The source gave up.</exception>
    /// <exception cref="MigrationProtocolException">Another message came.</exception>
    public async Task CompleteAsync(Func<bool> isComplete, CancellationToken cancellationToken)
    {
        while (!isComplete())
        {
            MigrationMessage message = await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            if (!TryTake(message))
            {
                throw Unexpected(message);
            }
        }
    }

    /// <summary>Waits for the commit, when nothing else may come.</summary>
    /// <exception cref="SourceAbortedException">The source gave up.</exception>
    /// <exception cref="MigrationProtocolException">Another message came.</exception>
    public static async Task ExpectCommitAsync(MigrationConnection connection, CancellationToken cancellationToken)
    {
        MigrationMessage message = await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (message is not Commit)
        {
            throw message is Abort abort ? new SourceAbortedException(abort) : new MigrationProtocolException("a commit", message.Type.ToString());
        }
    }

    /// <summary>What a message means that comes before the restore is done and is for none of the parts.</summary>
    public static Exception Unexpected(MigrationMessage message) => message is Abort abort
        ? new SourceAbortedException(abort)
        : new MigrationProtocolException("nothing before the restore is done", message.Type.ToString());
}
