using System.Threading.Channels;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>Reads what the destination says, all the time: an abort or a lost connection is noticed while pages are being sent.</summary>
/// <remarks>
/// The destination is trusted with nothing: what it cannot say at the time is a breach of the protocol when it comes, and so is saying more than is taken. Neither its
/// order nor its amount is left to anyone who waits for an answer.
/// </remarks>
internal sealed class SourceDialogue : IAsyncDisposable
{
    private readonly MigrationConnection _connection;
    /// <summary>More than an honest destination ever has waiting here: it is asked one thing at a time, and only a long list of missing pages takes several messages.</summary>
    private const int MaxWaiting = 16;

    /// <summary>How long the connection is not read while so much waits. An honest destination is held back by that; then it is taken for one that floods.</summary>
    private static readonly TimeSpan MaxHoldUp = TimeSpan.FromSeconds(2);

    private readonly Channel<MigrationMessage> _messages = Channel.CreateBounded<MigrationMessage>(MaxWaiting);

    /// <summary>Answers about files, which others wait for than about memory: there is never more than one.</summary>
    private readonly Channel<FilesTaken> _files = Channel.CreateBounded<FilesTaken>(1);
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pump;
    private readonly Lock _lock = new();
    private DialogueStage _stage;

    public SourceDialogue(MigrationConnection connection, DialogueStage stage = DialogueStage.Offered)
    {
        _connection = connection;
        _stage = stage;
        _pump = PumpAsync();
    }

    /// <summary>Cancelled when nothing more will come: the destination gave up or the connection is lost. <see cref="Failure"/> says why.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why the dialogue ended, or null while it continues.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Everything that a restore takes is about to be sent: from now on the destination may say what belongs to it.</summary>
    public void BeginRestoring() => Begin(DialogueStage.Restoring);

    /// <summary>The commit is about to be sent: from now on the destination may say that the workload runs there. The last moment at which what it has said already ends the migration.</summary>
    /// <exception cref="DestinationAbortedException">The destination gave up.</exception>
    /// <exception cref="TransportException">The connection is lost.</exception>
    /// <exception cref="MigrationProtocolException">The destination broke the protocol.</exception>
    public void BeginCommitting() => Begin(DialogueStage.Committed);

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

    /// <summary>Waits for the end of a round of files; beside those who wait for other messages.</summary>
    /// <exception cref="DestinationAbortedException">The destination gave up.</exception>
    /// <exception cref="TransportException">The connection is lost.</exception>
    public async ValueTask<FilesTaken> NextFilesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _files.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
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

                // Before it is handed on: anyone who takes it may begin the next stage.
                Judge(message);
                await HandOnAsync(message).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Failure = e;
            _files.Writer.Complete(e);
            _messages.Writer.Complete(e);
            await _ended.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Begin(DialogueStage stage)
    {
        lock (_lock)
        {
            if (Failure is { } failure)
            {
                throw failure;
            }

            _stage = stage;
        }
    }

    private void Judge(MigrationMessage message)
    {
        lock (_lock)
        {
            if (!_stage.Allows(message))
            {
                Failure = Unexpected(_stage.Expected(), message);
                throw Failure;
            }

            _stage = _stage.After(message);
        }
    }

    private async ValueTask HandOnAsync(MigrationMessage message)
    {
        if (message is FilesTaken taken)
        {
            if (!_files.Writer.TryWrite(taken))
            {
                throw new MigrationProtocolException("the end of one round of files", "more than one");
            }

            return;
        }

        if (_messages.Writer.TryWrite(message))
        {
            return;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        limit.CancelAfter(MaxHoldUp);
        try
        {
            await _messages.Writer.WriteAsync(message, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            throw new MigrationProtocolException($"at most {MaxWaiting} messages that nobody waits for", $"more, and {message.Type} as the last of them");
        }
    }
}
