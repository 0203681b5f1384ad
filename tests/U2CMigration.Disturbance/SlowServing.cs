using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Disturbance;

/// <summary>Gives few pages at a time, slowly once the first ones are there, and says <c>given</c> when it has given some number of them.</summary>
internal sealed class SlowServing(ILazyPageSource source, long sayAfter) : ILazyPageSource
{
    private const int MostPages = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private long _given;

    public LazyPageRun Find(int processId, ulong address, int maxPages)
    {
        if (_given > 0)
        {
            Thread.Sleep(Pause);
        }

        return source.Find(processId, address, Math.Min(maxPages, MostPages));
    }

    public void Release(int processId, ulong address, int pages) => source.Release(processId, address, pages);

    public void Installed(int processId, ulong address, LazyPageRun pages)
    {
        source.Installed(processId, address, pages);
        if (_given < sayAfter && _given + pages.Pages >= sayAfter)
        {
            Console.WriteLine("given");
        }

        _given += pages.Pages;
    }

    public void Unwanted(int processId, ulong address, int pages) => source.Unwanted(processId, address, pages);
}
