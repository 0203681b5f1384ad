using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Criu.IntegrationTests.LazyPages;

/// <summary>Holds the pages that native/lazy_toucher.c expects, and counts how often each was given back.</summary>
internal sealed unsafe class PatternStore : ILazyPageSource, IDisposable
{
    internal const ulong Base = 0x600000000000;
    private const int PageBytes = 4096;

    private readonly int _pages;
    private readonly int _pieceSize;
    private readonly byte* _memory;
    private readonly byte[] _released;

    internal PatternStore(int pages, int pieceSize = int.MaxValue)
    {
        _pages = pages;
        _pieceSize = pieceSize;
        _released = new byte[pages];
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)pages * PageBytes, PageBytes);
        for (int page = 0; page < pages; page++)
        {
            ulong* words = (ulong*)(_memory + ((long)page * PageBytes));
            for (ulong word = 0; word < PageBytes / sizeof(ulong); word++)
            {
                words[word] = (Base + ((ulong)page * PageBytes)) ^ unchecked(word * 0x9e3779b97f4a7c15);
            }
        }
    }

    internal int? MissingPage { get; init; }

    internal ReadOnlySpan<byte> ReleaseCounts => _released;

    public LazyPageRun Find(int processId, ulong address, int maxPages)
    {
        long page = (long)(address - Base) / PageBytes;
        if (page < 0 || page >= _pages || page == MissingPage)
        {
            return default;
        }

        long count = Math.Min(Math.Min(maxPages, _pages - page), _pieceSize);
        count = MissingPage is { } missing && missing > page ? Math.Min(count, missing - page) : count;
        return new LazyPageRun((nint)(_memory + (page * PageBytes)), (int)count);
    }

    public void Release(int processId, ulong address, int pages)
    {
        int page = (int)((address - Base) / PageBytes);
        foreach (ref byte count in _released.AsSpan(page, pages))
        {
            count++;
        }

        // What was given back may be reused: a later copy of it would show.
        Unsafe.InitBlockUnaligned(_memory + ((long)page * PageBytes), 0xEE, (uint)(pages * PageBytes));
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
