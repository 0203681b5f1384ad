namespace U2CMigration.Criu.PageServer;

/// <summary>Reads a page of a process that is frozen in mid-dump.</summary>
/// <param name="processId">The process, as numbered in the images.</param>
/// <param name="address">The address of the page.</param>
/// <param name="page">One page, to be filled.</param>
/// <returns>False when it can not be had; the dump is refused then.</returns>
public delegate bool MissingPageReader(int processId, ulong address, Span<byte> page);
