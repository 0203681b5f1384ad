using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.Trackers;

/// <summary>Finds the pages that the processes of a tree write.</summary>
/// <remarks>
/// The processes keep running. Every call is synchronous and meant for one thread at a time (not necessarily the same one).
/// A page that was written after the previous <see cref="Collect"/> is reported by the next one; a page may be reported without having been
/// written, never the other way round. Disposing ends the tracking and leaves the processes as they were.
/// </remarks>
public interface IPageTracker : IDisposable
{
    /// <summary>The name in reports, for example <c>write-protect</c>.</summary>
    string Name { get; }

    /// <summary>The processes tracked now; changes only in <see cref="Collect"/>.</summary>
    IReadOnlyList<int> ProcessIds { get; }

    /// <summary>
    /// Adds every page written since the previous call, and starts the next interval. The first call for a process (the first call of all, or
    /// the first after it was forked) reports every resident page of it. Private memory only: see <see cref="CollectResident"/>.
    /// </summary>
    /// <param name="dirty">Receives the pages; processes that have ended have no entry, living ones always have one, empty if nothing was written.</param>
    /// <param name="cancellationToken">Ends the call between two system calls; pages found so far stay in <paramref name="dirty"/> and count as reported.</param>
    /// <exception cref="PageTrackingException">The root process is gone, or the kernel refused.</exception>
    void Collect(PageSet dirty, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds every page that must exist at the destination: resident or swapped pages of private mappings that do not (any more) hold plain file
    /// content, without those that map the kernel's zero page. Copies of pages outside this set are out of date.
    /// </summary>
    /// <remarks>
    /// Follow it with a <see cref="Collect"/>, also when the tree is frozen: the kernel still makes huge pages of small ones, and fills the holes between them with zeros. A page that was
    /// discarded and copied before is then in this set, out of date in the copy, and reported by the next <see cref="Collect"/> only.
    /// </remarks>
    /// <param name="resident">Receives the pages.</param>
    /// <param name="cancellationToken">Ends the call between two system calls.</param>
    /// <exception cref="PageTrackingException">The root process is gone, or the kernel refused.</exception>
    void CollectResident(PageSet resident, CancellationToken cancellationToken = default);
}
