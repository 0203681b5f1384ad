namespace U2CMigration.Criu.LazyPages.Ranges;

/// <summary>Consecutive pages at their present address, and where they were when the process was dumped.</summary>
/// <param name="Start">The present address of the first page.</param>
/// <param name="End">The first present address behind the run.</param>
/// <param name="Dumped">The address of the first page when the process was dumped.</param>
/// <param name="Ordinal">The position of the first page among all lazy pages of the process; never changes.</param>
internal readonly record struct LazyRun(ulong Start, ulong End, ulong Dumped, long Ordinal)
{
    internal long OrdinalOf(ulong address) => Ordinal + (long)((address - Start) >> PageGeometry.Shift);

    internal ulong AddressOf(long ordinal) => Start + ((ulong)(ordinal - Ordinal) << PageGeometry.Shift);

    internal LazyRun Slice(ulong start, ulong end) => new(start, end, Dumped + (start - Start), OrdinalOf(start));

    internal LazyRun MovedTo(ulong start) => this with { Start = start, End = start + (End - Start) };
}
