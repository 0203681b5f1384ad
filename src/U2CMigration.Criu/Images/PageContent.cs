namespace U2CMigration.Criu.Images;

/// <summary>Gives the content of pages of a process.</summary>
/// <param name="processId">The process, as numbered in the images.</param>
/// <param name="address">The address of the first page in the process.</param>
/// <param name="destination">Whole pages, to be filled.</param>
public delegate void PageContent(int processId, ulong address, Span<byte> destination);
