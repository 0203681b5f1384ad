using System.Diagnostics;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Codec;

/// <summary>Counts pages, bytes and time by kind.</summary>
internal sealed class CodecCounters
{
    private static readonly PageKind[] Kinds = Enum.GetValues<PageKind>();

    private readonly long[] _pages = new long[Kinds.Length];
    private readonly long[] _bytes = new long[Kinds.Length];
    private readonly long[] _ticks = new long[Kinds.Length];

    public void Count(PageKind kind, int wireBytes, long ticks)
    {
        _pages[(int)kind]++;
        _bytes[(int)kind] += wireBytes;
        _ticks[(int)kind] += ticks;
    }

    public PageKindStatistics[] ToArray() =>
    [
        .. Kinds.Where(kind => _pages[(int)kind] > 0).Select(kind => new PageKindStatistics(
            kind, _pages[(int)kind], _pages[(int)kind] * PageRun.PageBytes, _bytes[(int)kind], Stopwatch.GetElapsedTime(0, _ticks[(int)kind]))),
    ];
}
