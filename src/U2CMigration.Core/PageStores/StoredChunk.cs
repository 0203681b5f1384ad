namespace U2CMigration.Core.PageStores;

/// <summary>Where pages of a process lie in a store, as another program needs it that continues with the same memory.</summary>
/// <param name="ProcessId">The process, as numbered in the images.</param>
/// <param name="Start">The address of the first page.</param>
/// <param name="Offset">Where the slot lies in the store's file.</param>
/// <param name="Present">A bit for each page that is held.</param>
/// <param name="Zero">A bit for each of them that is all zeros and takes no memory.</param>
internal sealed record StoredChunk(int ProcessId, ulong Start, long Offset, ulong[] Present, ulong[] Zero);
