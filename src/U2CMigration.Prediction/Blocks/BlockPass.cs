using System.Runtime.ExceptionServices;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blocks;

/// <summary>Work on the blocks of a prediction that two threads share, the caller's and one of the pool: each takes the next run until none is left. Allocates nothing.</summary>
/// <remarks>
/// Who takes which run depends on time, so that a thread that gets less of its processor does less; what a run is does not, and what it adds up it adds up for itself: results
/// are the same each time. Not safe for concurrent use.
/// </remarks>
internal abstract class BlockPass : IThreadPoolWorkItem
{
    /// <summary>How many threads share the work.</summary>
    public const int Workers = 2;

    /// <summary>There are never more runs.</summary>
    public const int MostRuns = 32;

    // Below so many blocks (2 MiB each) waking a thread costs more than it saves.
    private const int WorthTwo = 8;
    private const int ShortestRun = 4;

    // Of what is left, a run takes this part: the first ones cost little to hand out, and the last ones end at about the same time.
    private const int Part = 3;

    private readonly object _gate = new();
    private PageHistories? _histories;
    private PagePrediction? _prediction;
    private Exception? _failure;
    private int _nextRun;
    private int _taken = 1;
    private bool _pending;

    /// <summary>Runs it for all blocks.</summary>
    public void Run(PageHistories histories, PagePrediction prediction)
    {
        (_histories, _prediction, _failure, _nextRun) = (histories, prediction, null, 0);
        if (prediction.Blocks.Count >= WorthTwo && Environment.ProcessorCount >= Workers)
        {
            _pending = true;
            Volatile.Write(ref _taken, 0);
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        try
        {
            DoRuns(0);
        }
        finally
        {
            // Nobody may have come, or been asked to: on a busy machine waiting for a thread would take longer than the work, which is done.
            if (Interlocked.Exchange(ref _taken, 1) == 0)
            {
                _pending = false;
            }

            WaitForSecond();
            (_histories, _prediction) = (null, null);
        }

        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        // Whoever comes too late, even for a later pass, finds it taken.
        if (Interlocked.Exchange(ref _taken, 1) != 0)
        {
            return;
        }

        try
        {
            DoRuns(1);
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
        finally
        {
            lock (_gate)
            {
                Volatile.Write(ref _pending, false);
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Does the blocks of a run.</summary>
    protected abstract void Do(PageHistories histories, PagePrediction prediction, BlockRun run);

    private void DoRuns(int worker)
    {
        int blocks = _prediction!.Blocks.Count;
        while (true)
        {
            BlockRun run = RunOf(Interlocked.Increment(ref _nextRun) - 1, worker, blocks);
            if (run.From == run.To)
            {
                return;
            }

            Do(_histories!, _prediction, run);
        }
    }

    private static BlockRun RunOf(int index, int worker, int blocks)
    {
        int from = 0;
        for (int i = 0; i < index; i++)
        {
            from += LengthOf(i, blocks - from);
        }

        return new BlockRun(worker, index, from, from + LengthOf(index, blocks - from));
    }

    private static int LengthOf(int index, int left) => index == MostRuns - 1 ? left : Math.Min(left, Math.Max(ShortestRun, left / Part));

    private void WaitForSecond()
    {
        SpinWait spin = default;
        while (Volatile.Read(ref _pending) && !spin.NextSpinWillYield)
        {
            spin.SpinOnce();
        }

        lock (_gate)
        {
            while (_pending)
            {
                Monitor.Wait(_gate);
            }
        }
    }
}
