using System.Runtime.InteropServices;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Disturbance;

/// <summary>Gives zeros in place of one page.</summary>
internal sealed unsafe class ZeroServing(ILazyPageSource source, Func<LazyPageRange> wrong) : ILazyPageSource
{
    private readonly nint _zeros = (nint)NativeMemory.AlignedAlloc(4096, 4096);

    public LazyPageRun Find(int processId, ulong address, int maxPages)
    {
        LazyPageRange page = wrong();
        if (processId != page.ProcessId || address > page.Address)
        {
            return source.Find(processId, address, maxPages);
        }

        if (address == page.Address)
        {
            new Span<byte>((void*)_zeros, 4096).Clear();
            return new LazyPageRun(_zeros, 1);
        }

        return source.Find(processId, address, (int)Math.Min(maxPages, (long)((page.Address - address) >> 12)));
    }

    public void Release(int processId, ulong address, int pages) => source.Release(processId, address, pages);

    public void Installed(int processId, ulong address, LazyPageRun pages) => source.Installed(processId, address, pages);

    public void Unwanted(int processId, ulong address, int pages) => source.Unwanted(processId, address, pages);
}
