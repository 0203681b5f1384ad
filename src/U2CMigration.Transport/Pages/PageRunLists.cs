using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Pages;

/// <summary>Cuts lists of runs so that each part fits into one message, however long the runs and the list are.</summary>
internal static class PageRunLists
{
    /// <summary>Cuts a list.</summary>
    /// <param name="runs">The runs; one may be as long as an address space.</param>
    /// <returns>The parts in order; none when there are no runs.</returns>
    public static IEnumerable<IReadOnlyList<PageRun>> Cut(IEnumerable<PageRun> runs) => runs.SelectMany(Cut).Chunk(ProtocolLimits.MaxRuns);

    private static IEnumerable<PageRun> Cut(PageRun run)
    {
        while (run.Pages > ProtocolLimits.MaxRunPages)
        {
            PageRun first = run with { Pages = ProtocolLimits.MaxRunPages };
            yield return first;
            run = new PageRun(run.ProcessId, first.End, run.Pages - first.Pages);
        }

        yield return run;
    }
}
