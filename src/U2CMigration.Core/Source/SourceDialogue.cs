using System.Threading.Channels;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Reads what the destination says, all the time: an abort or a lost connection is noticed while pages are being sent.</summary>
internal sealed class SourceDialogue : IAsyncDisposable
{
    private readonly MigrationConnection _connection;
    private readonly Channel<MigrationMessage> _messages = Channel.CreateUnbounded<MigrationMessage>();
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;

    public SourceDialogue(MigrationConnection connection)
    {
        _connection = connection;
        _pump = PumpAsync();
    }

    /// <summary>Cancelled when nothing more will come: the destination gave up or the connection is lost. <see cref="Failure"/> says why.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why the dialogue ended, or null while it goes on.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Waits for the next message.</summary>
    /// <exception cref="DestinationAbortedException">The destination gave up.</exception>
    /// <exception cref="TransportException">The connection is lost.</exception>
    public async ValueTask<MigrationMessage> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _messages.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e)
        {
            throw e.InnerException ?? e;
        }
    }

    /// <summary>Waits for a message of one kind.</summary>
    /// <exception cref="MigrationProtocolException">Another one came.</exception>
    public async ValueTask<T> ExpectAsync<T>(CancellationToken cancellationToken)
        where T : MigrationMessage
    {
        MigrationMessage message = await NextAsync(cancellationToken).ConfigureAwait(false);
        return message as T ?? throw Unexpected(typeof(T).Name, message);
    }

    public static MigrationProtocolException Unexpected(string expected, MigrationMessage got) =>
        new(expected, got.Type.ToString());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(false);
        _stop.Dispose();
        _ended.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                MigrationMessage message = await _connection.ReceiveAsync(_stop.Token).ConfigureAwait(false);
                if (message is Abort abort)
                {
                    throw new DestinationAbortedException(abort);
                }

                _messages.Writer.TryWrite(message);
            }
        }
        catch (Exception e)
        {
            Failure = e;
            _messages.Writer.Complete(e);
            await _ended.CancelAsync().ConfigureAwait(false);
        }
    }
}
