using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Goes through ranges in the order of their importance and finds what is still pending there.</summary>
internal sealed class PriorityWalk(ReadOnlyMemory<LazyPageRange> ranges)
{
    private int _index;

    /// <summary>The range the walk has come to; null at the end.</summary>
    internal LazyPageRange? Current => _index < ranges.Length ? ranges.Span[_index] : null;

    /// <summary>The next pending pages of the current range in a process.</summary>
    internal bool TryNext(RestoredTask task, int maxPages, out LazyRun run)
    {
        LazyPageRange range = ranges.Span[_index];
        ulong end = range.Address + ((ulong)range.Pages << PageGeometry.Shift);
        return task.Ranges.TryNext(range.Address, end, maxPages, out run);
    }

    /// <summary>Goes on to the next range.</summary>
    internal void Advance() => _index++;
}
