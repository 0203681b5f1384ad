using Microsoft.Win32.SafeHandles;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>Reads page table entries the plain way, for a second opinion.</summary>
internal static class PageEntries
{
    private const int SoftDirtyBit = 55;
    private const int WriteProtectedBit = 57;
    private const int SwappedBit = 62;
    private const int PresentBit = 63;

    internal static int CountSoftDirty(MemoryBlock block) => Entries(block).Count(static entry => (entry >> SoftDirtyBit & 1) != 0);

    internal static int CountWriteProtected(MemoryBlock block) => Entries(block).Count(static entry => (entry >> WriteProtectedBit & 1) != 0);

    /// <summary>Entries that are neither empty nor present: swapped pages, or markers that the kernel left.</summary>
    internal static int CountMarkers(MemoryBlock block) =>
        Entries(block).Count(static entry => (entry >> SwappedBit & 1) != 0 && (entry >> PresentBit & 1) == 0);

    private static ulong[] Entries(MemoryBlock block)
    {
        using SafeFileHandle pagemap = File.OpenHandle($"/proc/{block.Writer.ProcessId}/pagemap");
        ulong[] entries = new ulong[block.Pages];
        RandomAccess.Read(pagemap, System.Runtime.InteropServices.MemoryMarshal.AsBytes(entries.AsSpan()), (long)(block.Address >> 12) * 8);
        return entries;
    }
}
