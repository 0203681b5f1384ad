using System.Diagnostics;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Words;
using U2CMigration.Criu;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Source;

/// <summary>The state dump, made anew where an attempt comes to nothing through what the tree did in that moment.</summary>
/// <param name="context">The migration.</param>
/// <param name="prepare">Starts a worker for an attempt.</param>
internal sealed class DumpAttempts(SourceContext context, Func<LazyDump> prepare)
{
    /// <summary>Each takes some milliseconds on an idle machine. Of a tree of 4 threads that each start the next one and end, 9 of 10 attempts fail; 20 in a row were seen on a busy one.</summary>
    private const int Most = 50;

    private Func<ValueTask>? _tasksStopped;
    private Func<ValueTask> _tasksRunAgain = static () => ValueTask.CompletedTask;

    /// <summary>The last attempt.</summary>
    public LazyDump Dump { get; private set; } = prepare();

    /// <summary>When the attempt began that stopped the tree, if it was not the first one; 0 otherwise.</summary>
    public long StoppedAgain { get; private set; }

    /// <summary>Has something done in each attempt, for a tree that CRIU stops.</summary>
    /// <param name="tasksStopped">Called when all tasks are stopped, and CRIU has looked at none of their sockets.</param>
    /// <param name="tasksRunAgain">Called when an attempt has failed and another one follows.</param>
    public void Accompany(Func<ValueTask> tasksStopped, Func<ValueTask> tasksRunAgain)
    {
        (_tasksStopped, _tasksRunAgain) = (tasksStopped, tasksRunAgain);
        Dump.TasksStopped = tasksStopped;
    }

    /// <summary>Lets CRIU write the images.</summary>
    /// <param name="options">What to dump.</param>
    /// <param name="runsMeanwhile">Whether the tree runs until CRIU stops it, and again after an attempt that failed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <remarks>
    /// Where CRIU stops the tasks one by one, processes and threads begin and end meanwhile, and it gives up if there are always new ones, or a connection is being made just then. The tree
    /// runs then, nothing of it has been read yet, and the next moment is another one.
    /// </remarks>
    public async Task HoldAsync(CriuDumpOptions options, bool runsMeanwhile, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await Dump.HoldAsync(options, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (CriuException e) when (runsMeanwhile && attempt < Most && CriuWords.IsTransient(e))
            {
                context.Logger.DumpTriedAgain(e, attempt);
            }

            await _tasksRunAgain().ConfigureAwait(false);
            await PrepareAsync().ConfigureAwait(false);
            await Dump.ReadyAsync(ProcessTree.List(context.Target.RootProcessId), cancellationToken).ConfigureAwait(false);
            await Dump.AskAsync(options, cancellationToken).ConfigureAwait(false);
            StoppedAgain = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Undoes a dump and makes another one, without mappings that were taken before; rare, and all of it while the tree is frozen, where a control group freezes it.</summary>
    public async Task AgainAsync(CriuDumpOptions options, CancellationToken cancellationToken)
    {
        await _tasksRunAgain().ConfigureAwait(false);
        await Dump.RollbackAsync().ConfigureAwait(false);
        await PrepareAsync().ConfigureAwait(false);
        await Dump.HoldAsync(options, cancellationToken).ConfigureAwait(false);
    }

    private async Task PrepareAsync()
    {
        await Dump.DisposeAsync().ConfigureAwait(false);
        foreach (string image in Directory.EnumerateFiles(context.ImagesDirectory, ImageSender.ImagePattern))
        {
            File.Delete(image);
        }

        Dump = prepare();
        Dump.TasksStopped = _tasksStopped;
    }
}
