using System.Runtime.ExceptionServices;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blocks;

/// <summary>Work on the blocks of a prediction that two threads share: the caller's and one of the pool, a half of the blocks each. Allocates nothing.</summary>
/// <remarks>The halves are the same whether or not a second thread helps, and each has its own state: results do not depend on time or machine. Not safe for concurrent use.</remarks>
internal abstract class BlockPass : IThreadPoolWorkItem
{
    /// <summary>The halves.</summary>
    public const int Halves = 2;

    // Below this many blocks (2 MiB each) waking a thread costs more than it saves.
    private const int WorthTwo = 8;

    private readonly object _gate = new();
    private PageHistories? _histories;
    private PagePrediction? _prediction;
    private Exception? _failure;
    private int _taken = 1;
    private bool _pending;

    /// <summary>Runs it for all blocks.</summary>
    public void Run(PageHistories histories, PagePrediction prediction)
    {
        int blocks = prediction.Blocks.Count;
        int half = blocks / Halves;
        if (blocks < WorthTwo || Environment.ProcessorCount < Halves)
        {
            Do(histories, prediction, 0, 0, half);
            Do(histories, prediction, 1, half, blocks);
            return;
        }

        (_histories, _prediction, _failure) = (histories, prediction, null);
        _pending = true;
        Volatile.Write(ref _taken, 0);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        try
        {
            Do(histories, prediction, 0, 0, half);
        }
        finally
        {
            // Nobody may have come: on a busy machine waiting for a thread would take longer than the work.
            TakeSecond();
            WaitForSecond();
            (_histories, _prediction) = (null, null);
        }

        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => TakeSecond();

    /// <summary>Does one half.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="prediction">The prediction.</param>
    /// <param name="half">0 or 1.</param>
    /// <param name="from">The first block.</param>
    /// <param name="to">The block behind the last.</param>
    protected abstract void Do(PageHistories histories, PagePrediction prediction, int half, int from, int to);

    // Whoever comes too late, even for a later run, finds it taken.
    private void TakeSecond()
    {
        if (Interlocked.Exchange(ref _taken, 1) != 0)
        {
            return;
        }

        try
        {
            int blocks = _prediction!.Blocks.Count;
            Do(_histories!, _prediction, 1, blocks / Halves, blocks);
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
