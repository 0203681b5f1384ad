using System.Runtime.ExceptionServices;
using U2CMigration.Core.Files;
using U2CMigration.Core.Logging;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>The files that come with a workload, in rounds beside its memory; all are here before its images are complete.</summary>
internal sealed class IncomingFiles(DestinationContext context, MigrationConnection connection) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _failed = new();
    private SideChannel? _stream;
    private IArrivingFiles? _files;
    private Task _running = Task.CompletedTask;
    private volatile bool _isBusy;
    private volatile bool _isComplete;

    /// <summary>Cancelled when a round has failed; <see cref="Failure"/> says why.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>Why a round has failed; null while none has.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Begins, where the source carries files.</summary>
    /// <param name="ofOwner">What the owner of the tree takes them with; null where it does not.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task BeginAsync(IDestinationFiles? ofOwner, CancellationToken cancellationToken)
    {
        if (!context.BringsFiles)
        {
            return;
        }

        IDestinationFiles port = ofOwner ?? context.Options.FilesInStep ?? throw new RestoreRefusedException(DestinationPreflight.NoOneTakesFiles);
        _stream = connection.OpenStream();
        _files = await port.BeginAsync(new FilesSurroundings { MigrationId = context.MigrationId, Stream = _stream, Loggers = context.Loggers }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does what they accompany, which ends as soon as they cannot be taken.</summary>
    public async Task AccompanyAsync(Func<CancellationToken, Task> arrive, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _failed.Token);
        try
        {
            await arrive(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Takes a message that is about files.</summary>
    /// <exception cref="MigrationProtocolException">A round is under way, or the last one was.</exception>
    public bool TryTake(MigrationMessage message)
    {
        if (message is not FilesRound round || _files is not { } files)
        {
            return false;
        }

        if (_isBusy || _isComplete != (round.Kind == FilesRoundKind.Comparison))
        {
            throw new MigrationProtocolException(_isBusy ? "one round of files after the other" : _isComplete ? "no files after the last round" : "a comparison of files after their last round", $"{round.Kind}");
        }

        _isBusy = true;
        Task before = _running;
        _running = Task.Run(() => RunAsync(before, files, round));
        return true;
    }

    /// <summary>The images are complete: so must be the files.</summary>
    /// <exception cref="MigrationProtocolException">They are not.</exception>
    public void RequireComplete()
    {
        if (_files is not null && (!_isComplete || _isBusy))
        {
            throw new MigrationProtocolException("the last round of the files before the end of the images", nameof(ImagesEnd));
        }
    }

    /// <summary>The workload is committed. Neither throws nor waits.</summary>
    public void Commit() => _files?.Commit();

    /// <summary>Nothing of the workload is left: removes what has arrived.</summary>
    public async Task DiscardAsync()
    {
        await EndAsync().ConfigureAwait(false);
        try
        {
            await (_files?.DiscardAsync() ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            context.Logger.UndoFailed(e, "the files that have arrived");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync().ConfigureAwait(false);
        if (_files is not null)
        {
            await _files.DisposeAsync().ConfigureAwait(false);
        }

        if (_stream is not null)
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task EndAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync(Task before, IArrivingFiles files, FilesRound round)
    {
        await before.ConfigureAwait(false);
        try
        {
            if (round.Kind == FilesRoundKind.Comparison)
            {
                await files.AnswerAsync(_stop.Token).ConfigureAwait(false);
            }
            else
            {
                await files.ReceiveRoundAsync(round.Kind == FilesRoundKind.Frozen, _stop.Token).ConfigureAwait(false);
                _isComplete = round.Kind == FilesRoundKind.Frozen;
            }

            // Before it is said: the next one comes at once.
            _isBusy = false;
            await connection.SendAsync(new FilesTaken(round.Round), _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is over.
        }
        catch (Exception e)
        {
            Failure = e;
            await _failed.CancelAsync().ConfigureAwait(false);
        }
    }
}
