using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Core.Destination;

/// <summary>
/// Lets nobody have a page before all pages have arrived in their newest version: the restore begins while the last ones are on their way, and CRIU touches a few.
/// </summary>
internal sealed class PageGate(ILazyPageSource store) : ILazyPageSource, IDisposable
{
    private readonly ManualResetEventSlim _opened = new();

    /// <summary>Lets everybody through from now on.</summary>
    public void Open() => _opened.Set();

    public LazyPageRun Find(int processId, ulong address, int maxPages)
    {
        _opened.Wait();
        return store.Find(processId, address, maxPages);
    }

    public void Release(int processId, ulong address, int pages) => store.Release(processId, address, pages);

    public void Installed(int processId, ulong address, LazyPageRun pages) => store.Installed(processId, address, pages);

    public void Unwanted(int processId, ulong address, int pages) => store.Unwanted(processId, address, pages);

    public void Dispose() => _opened.Dispose();
}
