using U2CMigration.Criu.Interop;
using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Installs pages that nobody has asked for yet: what the caller wants first, then everything in ascending order.</summary>
internal sealed class PageFiller(RestoredTasks tasks, PageInstaller installer, LazyPagesCounters counters)
{
    /// <summary>Does one step of a request of the caller; <see cref="FillStep.Idle"/> when it has come to its end.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxPages">The most pages to copy.</param>
    /// <param name="isRegistered">Whether CRIU has registered all memory: before, processes and ranges are waited for.</param>
    internal FillStep Step(InstallRequest request, int maxPages, bool isRegistered)
    {
        if (request.IsOver)
        {
            return FillStep.Idle;
        }

        FillStep step = Step(request.Walk, maxPages, isRegistered, out int pages);
        request.Pages += pages;
        counters.InstalledAhead += pages;
        return step;
    }

    /// <summary>Does one step of the background filling.</summary>
    internal FillStep Step(PriorityWalk first, int maxPages)
    {
        FillStep step = Step(first, maxPages, true, out int pages);
        if (step == FillStep.Idle)
        {
            step = StepAscending(maxPages, out pages);
        }

        counters.Background += pages;
        return step;
    }

    private FillStep Step(PriorityWalk walk, int maxPages, bool isRegistered, out int pages)
    {
        pages = 0;
        while (walk.Current is { } range)
        {
            RestoredTask? task = tasks.Find(range.ProcessId);
            if (task is null && !isRegistered)
            {
                return FillStep.Blocked;
            }

            if (task is not null && walk.TryNext(task, maxPages, out LazyRun run))
            {
                return Install(task, run, isRegistered, out pages);
            }

            walk.Advance();
        }

        return FillStep.Idle;
    }

    private FillStep StepAscending(int maxPages, out int pages)
    {
        pages = 0;
        foreach (RestoredTask task in tasks.Open)
        {
            if (task.Ranges.PendingCount == 0)
            {
                continue;
            }

            if (!task.Ranges.TryNext(task.FillPosition, ulong.MaxValue, maxPages, out LazyRun run))
            {
                // A remap has moved pages below the position.
                task.Ranges.TryNext(0, ulong.MaxValue, maxPages, out run);
            }

            FillStep step = Install(task, run, true, out pages);
            task.FillPosition = step == FillStep.Progress ? run.Start + ((ulong)pages << PageGeometry.Shift) : run.Start;
            return step;
        }

        return FillStep.Idle;
    }

    private FillStep Install(RestoredTask task, in LazyRun run, bool isRegistered, out int pages)
    {
        switch (installer.Install(task, run, out pages))
        {
            case InstallStatus.EventWaiting:
            case InstallStatus.NotRegistered when !isRegistered:
                return FillStep.Blocked;
            case InstallStatus.NotRegistered:
                PageInstaller.GiveUp(task, run);
                counters.Unwanted++;
                return FillStep.Progress;
            case InstallStatus.ProcessGone:
                tasks.CloseGone(task);
                return FillStep.Progress;
            default:
                return FillStep.Progress;
        }
    }
}
