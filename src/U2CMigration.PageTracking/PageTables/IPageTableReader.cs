using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.PageTables;

/// <summary>Reads the page tables of processes, in the way that the kernel offers. Changes nothing in them.</summary>
internal interface IPageTableReader
{
    /// <summary>Whether holes between mappings cost nothing. They can be as large as the address space.</summary>
    bool PassesOverHoles { get; }

    /// <summary>Adds the pages that hold content of their own: not that of a file, and not plain zeros.</summary>
    /// <param name="processId">The process, for messages.</param>
    /// <param name="pagemap">Its page map.</param>
    /// <param name="span">What is read. Where it says anonymous and a file has been mapped since, too much is found, never too little.</param>
    /// <param name="pages">Receives the pages.</param>
    /// <param name="cancellationToken">Ends the call between two system calls.</param>
    void CollectResident(int processId, SafeFileHandle pagemap, in ScanSpan span, ProcessPages pages, CancellationToken cancellationToken);

    /// <summary>The same, and which of those pages have the soft-dirty bit, of themselves or of their mapping.</summary>
    /// <inheritdoc cref="CollectResident"/>
    /// <param name="processId">The process, for messages.</param>
    /// <param name="pagemap">Its page map.</param>
    /// <param name="span">What is read.</param>
    /// <param name="pages">Receives the pages.</param>
    /// <param name="dirty">Receives those that are soft-dirty.</param>
    /// <param name="cancellationToken">Ends the call between two system calls.</param>
    void CollectSoftDirty(int processId, SafeFileHandle pagemap, in ScanSpan span, ProcessPages pages, ProcessPages dirty, CancellationToken cancellationToken);
}
