using U2CMigration.Criu.Interop;
using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Copies pages of the source into restored processes.</summary>
internal sealed class PageInstaller(ILazyPageSource source)
{
    /// <summary>Installs as many of the pages as one call can.</summary>
    /// <remarks>
    /// A copy that waited for the end of an mremap finds no mapping where the page was, and says so before the move is announced; the page is pending as
    /// before. A copy that begins afterwards is told that an event waits, until it is read. So only what is not registered twice in a row is so for good.
    /// </remarks>
    /// <param name="task">The process.</param>
    /// <param name="wanted">Pending pages of it.</param>
    /// <param name="pages">The pages that are installed now.</param>
    /// <exception cref="CriuException">The source does not hold the first page, or the kernel has no memory.</exception>
    internal InstallStatus Install(RestoredTask task, in LazyRun wanted, out int pages)
    {
        ulong length = LengthHeld(task, wanted, out nint from);
        bool wasNotRegistered = false;
        while (true)
        {
            InstallStatus status = Userfaultfd.Copy(task.Descriptor, wanted.Start, from, length, out long copied);
            pages = (int)(copied >> PageGeometry.Shift);
            switch (status)
            {
                case InstallStatus.Installed:
                    if (!task.IsForked)
                    {
                        source.Installed(task.ProcessId, wanted.Dumped, new LazyPageRun(from, pages));
                    }

                    task.Settle(wanted.Slice(wanted.Start, wanted.Start + (ulong)copied));
                    return status;
                case InstallStatus.AlreadyPresent:
                    Userfaultfd.Wake(task.Descriptor, wanted.Start, (ulong)PageGeometry.Bytes);
                    task.Settle(FirstPage(wanted));
                    return status;
                case InstallStatus.NotRegistered when length > (ulong)PageGeometry.Bytes:
                    // A copy may not cross from one mapping into the next, and mprotect splits mappings without an event.
                    length = ulong.Max(length >> (PageGeometry.Shift + 1) << PageGeometry.Shift, (ulong)PageGeometry.Bytes);
                    break;
                case InstallStatus.NotRegistered when !wasNotRegistered:
                    wasNotRegistered = true;
                    break;
                default:
                    return status;
            }
        }
    }

    /// <summary>Gives up a page whose mapping is gone without an event, as in a child behind MADV_DONTFORK.</summary>
    internal static void GiveUp(RestoredTask task, in LazyRun wanted)
    {
        task.NoteUnwanted(FirstPage(wanted));
        task.Settle(FirstPage(wanted));
    }

    private static LazyRun FirstPage(in LazyRun run) => run.Slice(run.Start, run.Start + (ulong)PageGeometry.Bytes);

    private ulong LengthHeld(RestoredTask task, in LazyRun wanted, out nint from)
    {
        int maxPages = (int)((wanted.End - wanted.Start) >> PageGeometry.Shift);
        LazyPageRun held = source.Find(task.ProcessId, wanted.Dumped, maxPages);
        if (held.Pages <= 0)
        {
            throw new CriuException(
                $"The page at 0x{wanted.Dumped:x} of process {task.ProcessId} is not in the store, so the restored process can not go on: it waits for this page. Kill the restored processes and continue at the source.",
                "LAZY_PAGES");
        }

        from = held.Source;
        return (ulong)int.Min(held.Pages, maxPages) << PageGeometry.Shift;
    }
}
