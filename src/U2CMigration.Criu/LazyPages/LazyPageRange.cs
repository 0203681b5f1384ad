namespace U2CMigration.Criu.LazyPages;

/// <summary>Consecutive pages of a process, by their address when it was dumped.</summary>
/// <param name="ProcessId">The process, as numbered in the images.</param>
/// <param name="Address">The address of the first page, a multiple of the page size.</param>
/// <param name="Pages">The number of pages, at least 1.</param>
public readonly record struct LazyPageRange(int ProcessId, ulong Address, long Pages);
