using System.Runtime.InteropServices;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Criu.IntegrationTests.LazyPages;

/// <summary>The lazy pages of frozen processes, read from /proc/PID/mem.</summary>
internal sealed unsafe class FrozenMemoryStore : ILazyPageSource, IDisposable
{
    private const int PageBytes = 4096;
    private readonly List<(LazyPageRange Range, nint Memory)> _pieces = [];
    private long _released;

    internal FrozenMemoryStore(IEnumerable<LazyTask> tasks)
    {
        foreach (LazyTask task in tasks)
        {
            using FileStream memory = File.OpenRead($"/proc/{task.ProcessId}/mem");
            foreach (LazyPageRange range in task.Ranges)
            {
                var copy = (nint)NativeMemory.AlignedAlloc((nuint)range.Pages * PageBytes, PageBytes);
                memory.Position = (long)range.Address;
                memory.ReadExactly(new Span<byte>((void*)copy, (int)range.Pages * PageBytes));
                _pieces.Add((range, copy));
            }
        }
    }

    internal long Released => Interlocked.Read(ref _released);

    public LazyPageRun Find(int processId, ulong address, int maxPages)
    {
        foreach ((LazyPageRange range, nint memory) in _pieces)
        {
            ulong offset = address - range.Address;
            if (range.ProcessId == processId && address >= range.Address && offset < (ulong)range.Pages * PageBytes)
            {
                return new LazyPageRun(memory + (nint)offset, (int)Math.Min(maxPages, range.Pages - (long)(offset / PageBytes)));
            }
        }

        return default;
    }

    public void Release(int processId, ulong address, int pages) => Interlocked.Add(ref _released, pages);

    public void Dispose()
    {
        foreach ((_, nint memory) in _pieces)
        {
            NativeMemory.AlignedFree((void*)memory);
        }
    }
}
