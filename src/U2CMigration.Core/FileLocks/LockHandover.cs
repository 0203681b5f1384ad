using System.Diagnostics;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Processes;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.FileLocks;

/// <summary>
/// The file locks of a workload that arrives. CRIU would wait for those that the frozen source still holds, so it is not shown any: they are taken while the restored
/// tasks are held, what is free before the commit and the rest after it, once the source has ended its copy. The tasks do not run without them.
/// </summary>
internal sealed class LockHandover(ILogger logger) : IDisposable
{
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan EagerPause = TimeSpan.FromMilliseconds(0.2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SayAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SayAgain = TimeSpan.FromSeconds(10);

    private readonly ManualResetEventSlim _released = new();
    private IReadOnlyList<FileLock> _all = [];
    private IReadOnlyList<HeldLock> _pending = [];

    /// <summary>The locks that the source still holds, for people.</summary>
    public IReadOnlyList<string> Pending => [.. _pending.Select(static one => one.Description)];

    /// <summary>Takes the locks out of the images; to be called before the restore.</summary>
    public void TakeOver(ImageDirectory images)
    {
        _all = [.. FileLockImage.Read(images).Where(IsOurs)];
        if (_all.Count > 0)
        {
            FileLockImage.Remove(images, IsOurs);
        }
    }

    /// <summary>Takes the locks that are free for the restored tasks.</summary>
    /// <param name="rootProcessId">The root of the restored tree.</param>
    /// <exception cref="IOException">A lock cannot be taken at all.</exception>
    public async Task TakeFreeAsync(int rootProcessId)
    {
        if (_all.Count == 0)
        {
            return;
        }

        var numbers = new ProcessNumbers(rootProcessId);
        Dictionary<int, int> onThisHost = ProcessTree.List(rootProcessId).ToDictionary(numbers.InImages);
        HeldLock[] locks = [.. _all.Select(one => new HeldLock(one, onThisHost.GetValueOrDefault(one.ProcessId, one.ProcessId)))];
        _pending = await LockTaking.RunAsync(locks, static () => false).ConfigureAwait(false);
    }

    /// <summary>Says that the source has ended its copy.</summary>
    public void NoteReleased() => _released.Set();

    /// <summary>Takes the rest. Waits as long as it takes: the workload must not run without its locks, and it is the only copy.</summary>
    /// <param name="migrationId">For the log.</param>
    public async Task TakePendingAsync(Guid migrationId)
    {
        var clock = Stopwatch.StartNew();
        long eagerUntil = 0;
        TimeSpan say = SayAfter;

        // Also before the source has said anything: it may have been lost, and its locks with it.
        _pending = await LockTaking.RunAsync(_pending, Again).ConfigureAwait(false);
        bool Again()
        {
            if (clock.Elapsed > say)
            {
                say = clock.Elapsed + SayAgain;
                logger.LocksAwaited(migrationId, clock.Elapsed.TotalSeconds, string.Join("; ", Pending));
            }

            if (!_released.IsSet)
            {
                _released.Wait(Pause, CancellationToken.None);
            }
            else
            {
                if (eagerUntil == 0)
                {
                    eagerUntil = clock.ElapsedTicks + (long)(Eager.TotalSeconds * Stopwatch.Frequency);
                }

                Thread.Sleep(clock.ElapsedTicks < eagerUntil ? EagerPause : Pause);
            }

            return true;
        }
    }

    public void Dispose() => _released.Dispose();

    /// <summary>Only the process itself can take a record lock or a lease, where CRIU must do it if tasks cannot be entered here.</summary>
    private static bool IsOurs(FileLock one) => EnteredTask.IsSupported || one.Kind is FileLockKind.Flock or FileLockKind.OpenFileDescription;
}
