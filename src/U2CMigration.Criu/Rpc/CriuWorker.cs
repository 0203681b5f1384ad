using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Versions;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.Rpc;

/// <summary>One CRIU process and the one dialogue that is held with it over a private socket.</summary>
/// <remarks>
/// <para>Start it ahead of time: it waits for its request without touching anything. Version and feature questions may come first; the first
/// dump, restore or check is the last request (a <see cref="PreDumpAsync"/> may be followed by further ones and a dump).</para>
/// <para>Cancelling a request kills the worker (SIGKILL) and waits until it is gone. The kernel then detaches it from the tasks of a dump, and they
/// run on; a network lock that CRIU had set up stays. Tasks of an unfinished restore are killed with it; a restore whose post-restore step is accepted
/// is no longer cancelled.</para>
/// <para>Calls must not overlap. All instances may be used at the same time.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var worker = CriuWorker.Start();
/// await worker.DumpAsync(new CriuDumpOptions { ProcessId = pid, ImagesDirectory = "/run/images" }, handler: null, cancellationToken);
/// </code>
/// </example>
public sealed partial class CriuWorker : IAsyncDisposable
{
    /// <summary>CRIU ends by itself within milliseconds once its socket is closed; this bounds the wait when it does not.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly WorkerProcess _process;
    private readonly WorkerSocket _socket;
    private readonly ILogger _logger;
    private RestoreProgress? _restore;
    private int _busy;
    private bool _finished;

    private CriuWorker(WorkerProcess process, WorkerSocket socket, ILogger logger)
    {
        _process = process;
        _socket = socket;
        _logger = logger;
    }

    /// <summary>The process id of the worker, or of its command prefix.</summary>
    public int ProcessId => _process.ProcessId;

    /// <summary>Completes with the exit code when the worker has ended: 128 plus the signal number after a signal.</summary>
    public Task<int> Ended => _process.Ended;

    /// <summary>Starts a worker. Takes about a millisecond.</summary>
    /// <param name="options">How to start it.</param>
    /// <param name="loggerFactory">Where to log; nowhere by default.</param>
    /// <returns>The worker, waiting for a request.</returns>
    /// <exception cref="CriuException">CRIU is not installed or cannot be started.</exception>
    public static CriuWorker Start(CriuWorkerOptions? options = null, ILoggerFactory? loggerFactory = null)
    {
        options ??= new CriuWorkerOptions();
        long started = Stopwatch.GetTimestamp();
        (Socket own, var peer) = SocketPair.Create(SocketPair.SequencedPacket);
        using (peer)
        {
            try
            {
                WorkerProcess process = Namespace.RunInNetwork(
                    options.NetworkNamespace.Length == 0 ? null : options.NetworkNamespace,
                    () => StartProcess(options, peer));
                var worker = new CriuWorker(process, new WorkerSocket(own), (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.Criu"));
                worker._logger.WorkerStarted(process.ProcessId, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                return worker;
            }
            catch
            {
                own.Dispose();
                throw;
            }
        }
    }

    /// <summary>Talks to a CRIU that another process has started.</summary>
    internal static CriuWorker Adopt(int processId, Socket own, ILoggerFactory? loggerFactory) =>
        new(WorkerProcess.Adopt(processId), new WorkerSocket(own), (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.Criu"));

    /// <summary>The number that a descriptor of <see cref="CriuWorkerOptions.InheritedHandles"/> has in the worker.</summary>
    /// <param name="index">Its index in that list.</param>
    /// <returns>The number.</returns>
    public static int InheritedDescriptor(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return ProcessStarter.FirstDescriptor + 1 + index;
    }

    /// <summary>Kills the worker at once; see the remarks of the class for what that means for tasks.</summary>
    /// <returns>Completes when it is gone.</returns>
    public async Task KillAsync()
    {
        using TaskTree? restored = _restore is { IsFinal: false } ? _process.StopTree() : null;
        restored?.Kill();
        _process.KillGroup();
        await _process.Ended.ConfigureAwait(false);
        if (restored is not null)
        {
            await restored.WaitForEndAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the dialogue: an idle worker ends by itself, a busy one is killed. No process is left behind.</summary>
    /// <returns>Completes when the worker is gone.</returns>
    public async ValueTask DisposeAsync()
    {
        bool busy = Volatile.Read(ref _busy) != 0;
        _socket.Dispose();
        if (!busy)
        {
            await Task.WhenAny(_process.Ended, Task.Delay(Grace)).ConfigureAwait(false);
        }

        // Not when it has ended: tasks restored as a shell job live on in its process group.
        if (!_process.Ended.IsCompleted)
        {
            await KillAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Ends the dialogue of an idle worker without a wait: it ends by itself.</summary>
    internal void Abandon() => _socket.Dispose();

    private static WorkerProcess StartProcess(CriuWorkerOptions options, SafeHandle peer)
    {
        string criu = options.CommandPrefix.Count == 0 ? CriuProgram.Find(options.ProgramPath) : options.ProgramPath;
        string program = options.CommandPrefix.Count == 0 ? criu : CriuProgram.Find(options.CommandPrefix[0]);
        string[] arguments = [.. options.CommandPrefix, criu, "swrk", $"{ProcessStarter.FirstDescriptor}"];
        SafeHandle[] handles = [peer, .. options.InheritedHandles];
        return options.HasFixedAddresses
            ? WorkerProcess.StartAtFixedAddresses(program, arguments, handles)
            : WorkerProcess.Start(program, arguments, handles);
    }

    private async Task<Response> RequestAsync(
        Request request,
        bool last,
        string? logPath,
        CriuNotificationHandler? handler,
        CancellationToken cancellationToken)
    {
        if (_finished)
        {
            throw new InvalidOperationException("This worker has had its last request; start another one.");
        }

        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException("This worker is busy with another request; wait for it, or start another worker.");
        }

        long started = Stopwatch.GetTimestamp();
        try
        {
            _finished = last;
            _process.GroupEndsToo = request.Type != RequestType.Restore;
            Response response = await ConverseAsync(request, handler, logPath, cancellationToken).ConfigureAwait(false);
            _logger.Answered(CriuFailure.NameOf(request.Type), response.Success, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            return response;
        }
        catch (OperationCanceledException)
        {
            _finished = true;
            _logger.Cancelled(CriuFailure.NameOf(request.Type), ProcessId);
            await KillAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private async Task<Response> ConverseAsync(
        Request request,
        CriuNotificationHandler? handler,
        string? logPath,
        CancellationToken cancellationToken)
    {
        Exception? refused = null;
        try
        {
            await _socket.SendAsync(request, cancellationToken).ConfigureAwait(false);
            while (await _socket.ReceiveAsync(Response.Parser, cancellationToken).ConfigureAwait(false) is { } response)
            {
                if (response.Type != RequestType.Notify)
                {
                    if (refused is not null)
                    {
                        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(refused);
                    }

                    return response;
                }

                bool accepted = true;
                try
                {
                    accepted = await AnswerAsync(response.Notify, handler, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
                {
                    // CRIU gets to clean up first; the exception is thrown once it has answered.
                    refused ??= exception;
                    accepted = false;
                }

                await _socket.SendAsync(new Request { Type = RequestType.Notify, NotifySuccess = accepted }, cancellationToken).ConfigureAwait(false);
                _restore?.AnswerSent();
            }
        }
        catch (Exception exception) when (exception is SocketException or InvalidProtocolBufferException or InvalidDataException)
        {
            _process.KillGroup();
            int code = await _process.Ended.ConfigureAwait(false);
            throw CriuFailure.Ended(request.Type, code, logPath, _process.StandardError?.Read(), _restore, refused ?? exception);
        }

        int exitCode = await _process.Ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw CriuFailure.Ended(request.Type, exitCode, logPath, _process.StandardError?.Read(), _restore, refused);
    }

    private async ValueTask<bool> AnswerAsync(Notification? notify, CriuNotificationHandler? handler, CancellationToken cancellationToken)
    {
        CriuNotification notification = CriuReplies.NotificationOf(notify);
        _logger.Notified(notification.Name, notification.ProcessId);
        return handler is null || await handler(notification, cancellationToken).ConfigureAwait(false);
    }
}
