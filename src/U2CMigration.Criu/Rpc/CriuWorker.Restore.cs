using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.Rpc;

public sealed partial class CriuWorker
{
    /// <summary>Restores a process tree. Last request.</summary>
    /// <param name="options">What and how.</param>
    /// <param name="handler">Answers the notifications; null accepts all.</param>
    /// <param name="cancellationToken">Kills the worker and what was restored so far; ignored once post-restore is accepted, because
    /// connections are alive from then on.</param>
    /// <returns>The process id of the root of the tree, which runs.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="CriuException">The restore failed or was refused. Its text has the reason from CRIU's log, and says what became of the tasks.</exception>
    public async Task<int> RestoreAsync(CriuRestoreOptions options, CriuNotificationHandler? handler = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RawOptionsFile.Write(options);
        using var images = Descriptor.OpenDirectory(options.ImagesDirectory);
        using var work = Descriptor.OpenDirectory(options.EffectiveWorkDirectory);
        var request = new Request
        {
            Type = RequestType.Restore,
            Opts = OptionsEncoder.Encode(options, (int)images.DangerousGetHandle(), (int)work.DangerousGetHandle()),
        };

        // Also without a handler: the step and the process id decide what has to be cleaned up.
        request.Opts.NotifyScripts = true;
        using var progress = new RestoreProgress(handler, cancellationToken);
        _restore = progress;
        try
        {
            Response response = await RequestAsync(request, last: true, options.LogPath, progress.AnswerAsync, progress.Token).ConfigureAwait(false);
            CriuFailure.ThrowIfFailed(request.Type, response, options.LogPath, _process.StandardError?.Read());
            return response.Restore.Pid;
        }
        catch (Exception exception) when (exception is not InvalidOperationException && Ended.IsCompleted)
        {
            // CRIU removes its tasks when it fails in an orderly way; when it was killed from outside nobody has.
            await RemoveUnfinishedAsync(progress).ConfigureAwait(false);
            throw;
        }
        finally
        {
            _restore = null;
        }
    }

    private static async Task RemoveUnfinishedAsync(RestoreProgress progress)
    {
        if (progress.IsFinal || progress.RootProcessId == 0)
        {
            return;
        }

        using TaskTree tree = TaskTree.OpenStopped(progress.RootProcessId);
        tree.Kill();
        await tree.WaitForEndAsync(CancellationToken.None).ConfigureAwait(false);
    }
}
