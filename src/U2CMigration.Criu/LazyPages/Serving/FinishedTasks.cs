using U2CMigration.Criu.LazyPages.Handover;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Closes processes that lack nothing any more.</summary>
/// <remarks>
/// What others hold open for a successor stays registered when it is closed here, and no one would read what it says: a fork would wait forever. So such ones are served until all are complete, or so
/// many that the others are worth a holder of their own.
/// </remarks>
internal sealed class FinishedTasks(RestoredTasks tasks, ServingRecord? record)
{
    private const int Many = 64;

    private readonly List<RestoredTask> _complete = [];

    /// <summary>Whether all are complete, and the holder cannot finish yet.</summary>
    internal bool Waits { get; private set; }

    /// <summary>Closes what can be closed.</summary>
    /// <param name="mayFinish">Whether all may be closed: no thread waits for an answer.</param>
    /// <returns>Whether none is left.</returns>
    internal bool TryClose(bool mayFinish)
    {
        _complete.Clear();
        foreach (RestoredTask task in tasks.Open)
        {
            if (task.Ranges.PendingCount == 0)
            {
                _complete.Add(task);
            }
        }

        int open = tasks.Open.Length;
        if (record is null)
        {
            Close();
        }
        else if (_complete.Count == open)
        {
            Waits = mayFinish && !record.Holder.TryFinish();
            if (!mayFinish || Waits)
            {
                return false;
            }

            Close();
        }
        else if (_complete.Count >= Math.Max(Many, open / 2))
        {
            if (record.TryLetGo([.. _complete.Select(static task => task.Member)]))
            {
                Close();
            }
        }

        return tasks.Open.Length == 0;
    }

    private void Close() => _complete.ForEach(tasks.Close);
}
