namespace U2CMigration.Criu.Images;

/// <summary>Takes the content of pages of a process.</summary>
/// <param name="processId">The process, as numbered in the images.</param>
/// <param name="address">The address of the first page in the process.</param>
/// <param name="pages">Whole pages; valid during the call only.</param>
public delegate void PageOutlet(int processId, ulong address, ReadOnlySpan<byte> pages);
