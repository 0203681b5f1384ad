using U2CMigration.Criu.Interop;
using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Answers first touches.</summary>
internal sealed class TouchServer(PageInstaller installer, LazyPagesCounters counters, int readAheadPages)
{
    /// <summary>The touches that are not answered yet.</summary>
    internal Queue<Touch> Waiting { get; } = new(64);

    /// <summary>Answers what waits. What the kernel refuses because an event is unread stays, and is looked up afresh the next time.</summary>
    /// <param name="gone">Receives processes that have ended.</param>
    internal void Serve(List<RestoredTask> gone)
    {
        for (int count = Waiting.Count; count > 0; count--)
        {
            Touch touch = Waiting.Dequeue();
            if (touch.Task.Descriptor.IsClosed)
            {
                continue;
            }

            switch (Answer(touch.Task, touch.Address & ~((ulong)PageGeometry.Bytes - 1)))
            {
                case InstallStatus.EventWaiting:
                    // Without another try this thread would sleep until the filling comes by.
                    Waiting.Enqueue(touch);
                    break;
                case InstallStatus.ProcessGone:
                    gone.Add(touch.Task);
                    break;
                default:
                    counters.Waited(touch.Since);
                    break;
            }
        }
    }

    private InstallStatus Answer(RestoredTask task, ulong page)
    {
        if (task.Ranges.PendingFrom(page, 1, out LazyRun run) == 0)
        {
            return AnswerZero(task, page);
        }

        InstallStatus status = installer.Install(task, run.Slice(page, page + (ulong)PageGeometry.Bytes), out int pages);
        counters.Touches += pages;
        switch (status)
        {
            case InstallStatus.Installed when readAheadPages > 0:
                ReadAhead(task, page + (ulong)PageGeometry.Bytes);
                break;
            case InstallStatus.NotRegistered:
                // The mapping went away under the touch: let the thread find out by itself.
                Userfaultfd.Wake(task.Descriptor, page, (ulong)PageGeometry.Bytes);
                break;
        }

        return status;
    }

    private InstallStatus AnswerZero(RestoredTask task, ulong page)
    {
        InstallStatus status = Userfaultfd.ZeroPage(task.Descriptor, page, (ulong)PageGeometry.Bytes);
        if (status == InstallStatus.Installed)
        {
            counters.ZeroTouches++;
        }
        else if (status is InstallStatus.AlreadyPresent or InstallStatus.NotRegistered)
        {
            Userfaultfd.Wake(task.Descriptor, page, (ulong)PageGeometry.Bytes);
        }

        return status;
    }

    /// <summary>Installs what lies behind a touched page.</summary>
    internal void ReadAhead(RestoredTask task, ulong next)
    {
        int count = task.Ranges.PendingFrom(next, readAheadPages, out LazyRun run);
        if (count > 0)
        {
            _ = installer.Install(task, run.Slice(next, next + ((ulong)count << PageGeometry.Shift)), out int pages);
            counters.ReadAhead += pages;
        }
    }
}
