using U2CMigration.Criu.LazyPages.Handover;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Reads and answers what the processes have to say.</summary>
internal sealed class TaskServer(RestoredTasks tasks, TouchServer touches, LazyPagesCounters counters, ServingRecord? record = null)
{
    private readonly TaskMessages _messages = new(counters, record);
    private readonly List<RestoredTask> _children = [];
    private readonly List<RestoredTask> _gone = [];

    /// <summary>Whether touches wait because the memory map of their process is changing.</summary>
    internal bool HasWaiting => touches.Waiting.Count > 0;

    /// <summary>Serves every process that has something to say.</summary>
    /// <param name="descriptors">The result of the last look.</param>
    /// <param name="since">The earliest time at which a touch that is there now can have come.</param>
    /// <returns>Whether a page was touched.</returns>
    internal bool Serve(Descriptors descriptors, long since)
    {
        ReadOnlySpan<RestoredTask> open = tasks.Open;
        for (int position = 0; position < open.Length; position++)
        {
            if (descriptors.TaskIsReady(position))
            {
                _messages.Read(open[position], since, touches.Waiting, _children);
            }
        }

        bool touched = HasWaiting;
        touches.Serve(_gone);
        Apply();
        return touched;
    }

    /// <summary>Changes the list of processes only when it is not being walked.</summary>
    private void Apply()
    {
        foreach (RestoredTask child in _children)
        {
            tasks.Add(child);
        }

        foreach (RestoredTask task in _gone)
        {
            tasks.CloseGone(task);
        }

        _children.Clear();
        _gone.Clear();
    }
}
