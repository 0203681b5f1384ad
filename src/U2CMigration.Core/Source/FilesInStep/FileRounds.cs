using System.Diagnostics;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Files;
using U2CMigration.Core.Results;
using U2CMigration.Core.Source.Phases;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source.FilesInStep;

/// <summary>The rounds of files: one after the other beside those of the memory while the workload runs, and the last one in the freeze.</summary>
/// <remarks>A round is over when the destination says that it has everything of it.</remarks>
internal sealed class FileRounds : IAsyncDisposable
{
    /// <summary>Between two rounds: so long, or some times as long as a round takes, so that looking at many files does not cost a processor.</summary>
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(200);

    private const int PausePerRound = 4;

    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(10);

    private readonly SourceContext _context;
    private readonly ConnectedSource _link;
    private readonly SideChannel _stream;
    private readonly IDepartingFiles _files;
    private readonly FilesBook _book = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _failed = new();
    private Task _loop = Task.CompletedTask;
    private bool _isPaused;
    private int _index;

    private FileRounds(SourceContext context, ConnectedSource link, SideChannel stream, IDepartingFiles files) => (_context, _link, _stream, _files) = (context, link, stream, files);

    /// <summary>Cancelled when a round has failed; <see cref="Failure"/> says why.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>Why a round has failed; null while none has.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>What the rounds so far say.</summary>
    public FilesBook Book => _book;

    /// <summary>Begins with the files of a migration that was accepted; null where no one carries any.</summary>
    public static async Task<FileRounds?> BeginAsync(SourceContext context, ConnectedSource link, CancellationToken cancellationToken)
    {
        if (context.Files is not { } port)
        {
            return null;
        }

        SideChannel stream = link.Connection.OpenStream();
        try
        {
            IDepartingFiles files = await port.BeginAsync(
                new FilesSurroundings { MigrationId = context.MigrationId, Stream = stream, Processes = () => ProcessTree.List(context.Target.RootProcessId), Loggers = context.Loggers },
                cancellationToken).ConfigureAwait(false);
            return new FileRounds(context, link, stream, files);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Begins with the rounds beside the running workload.</summary>
    public void Start() => _loop = Task.Run(LoopAsync);

    /// <summary>Keeps the next round from beginning; where the last one is not quite fresh another one is sent, so that the freeze has little left.</summary>
    /// <exception cref="MigrationException">Something would fail the round in the freeze.</exception>
    public async Task PauseAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        _isPaused = true;
        ThrowIfFailed();
        if (!_book.IsFresh)
        {
            await RunAsync(FilesRoundKind.Running, static (files, stop) => files.SendRoundAsync(isFrozen: false, stop), cancellationToken).ConfigureAwait(false);
        }

        if (_book.Last?.Obstacles is { Count: > 0 } obstacles)
        {
            throw _context.Failure($"Files of the workload cannot come along as they are; it was not frozen. {string.Join(' ', obstacles.Take(10))}", isTransient: true);
        }
    }

    /// <summary>The freeze was put off: rounds continue.</summary>
    public void Continue()
    {
        if (_isPaused)
        {
            _isPaused = false;
            _turn.Release();
        }
    }

    /// <summary>Sends the last round. Beside it nothing may change the files, CRIU not excepted; it may when this returns.</summary>
    /// <returns>The rest, which waits for the destination.</returns>
    public async Task<Func<CancellationToken, Task>> SendFrozenAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        int index = _index++;
        await _link.Connection.SendAsync(new FilesRound(index, FilesRoundKind.Frozen), cancellationToken).ConfigureAwait(false);
        SentFiles sent = await _files.SendRoundAsync(isFrozen: true, cancellationToken).ConfigureAwait(false);
        if (!_context.Options.Verify)
        {
            _book.NoteFrozen(sent, Stopwatch.GetElapsedTime(start));
            return async stop =>
            {
                await TakenAsync(index, stop).ConfigureAwait(false);
                _book.NoteTaken(Stopwatch.GetElapsedTime(start), compared: null);
                _context.Warn(sent.Warnings);
            };
        }

        await TakenAsync(index, cancellationToken).ConfigureAwait(false);
        long compared = await CompareAsync(cancellationToken).ConfigureAwait(false);
        _book.NoteFrozen(sent, Stopwatch.GetElapsedTime(start));
        _book.NoteTaken(Stopwatch.GetElapsedTime(start), compared);
        _context.Warn(sent.Warnings);
        return static _ => Task.CompletedTask;
    }

    /// <summary>The workload runs on the destination.</summary>
    public void Commit() => _files.Commit();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _files.DisposeAsync().ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _failed.Dispose();
        _turn.Dispose();
    }

    private async Task<long> CompareAsync(CancellationToken cancellationToken)
    {
        int index = _index++;
        await _link.Connection.SendAsync(new FilesRound(index, FilesRoundKind.Comparison), cancellationToken).ConfigureAwait(false);
        FilesComparison comparison = await _files.CompareAsync(cancellationToken).ConfigureAwait(false);
        await TakenAsync(index, cancellationToken).ConfigureAwait(false);
        return comparison.Mismatched == 0
            ? comparison.Entries
            : throw _context.Failure(
                $"{comparison.Mismatched} of {comparison.Entries} files differ on the destination: {string.Join(", ", comparison.Names.Take(10))}. The workload runs on here. This is a defect, please report it.", isTransient: false);
    }

    private async Task LoopAsync()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _link.Dialogue.Ended);
        try
        {
            while (true)
            {
                await _turn.WaitAsync(stop.Token).ConfigureAwait(false);
                TimeSpan took;
                try
                {
                    took = await RunAsync(FilesRoundKind.Running, static (files, token) => files.SendRoundAsync(isFrozen: false, token), stop.Token).ConfigureAwait(false);
                }
                finally
                {
                    _turn.Release();
                }

                TimeSpan pause = took * PausePerRound;
                await Task.Delay(pause < LeastPause ? LeastPause : pause > MostPause ? MostPause : pause, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It is over, or somebody else knows why.
        }
        catch (Exception e)
        {
            Failure = e;
            await _failed.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<TimeSpan> RunAsync(FilesRoundKind kind, Func<IDepartingFiles, CancellationToken, Task<SentFiles>> send, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        int index = _index++;
        await _link.Connection.SendAsync(new FilesRound(index, kind), cancellationToken).ConfigureAwait(false);
        SentFiles sent = await send(_files, cancellationToken).ConfigureAwait(false);
        await TakenAsync(index, cancellationToken).ConfigureAwait(false);
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        _book.Note(sent, took);
        _context.Progress.Update(
            static (now, book) => now with { FileEntries = book.Entries, FileBytes = book.Bytes, PendingFileBytes = book.Last?.PendingBytes ?? 0 }, _book, atOnce: false);
        return took;
    }

    private async Task TakenAsync(int index, CancellationToken cancellationToken)
    {
        FilesTaken taken = await _link.Dialogue.NextFilesAsync(cancellationToken).ConfigureAwait(false);
        if (taken.Round != index)
        {
            throw new MigrationProtocolException($"the end of round {index} of the files", $"that of round {taken.Round}");
        }
    }

    private void ThrowIfFailed()
    {
        if (Failure is { } failure)
        {
            throw failure;
        }
    }
}
