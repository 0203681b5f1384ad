using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.PageServer;

/// <summary>Takes what CRIU sends to a page server. Calls come one after the other.</summary>
public interface IPageServerSink
{
    /// <summary>Pages of a target follow.</summary>
    /// <param name="target">The target.</param>
    /// <param name="cancellationToken">Cancelled when the session is.</param>
    /// <returns>True when an earlier round of this target is there, so that CRIU may leave out unchanged pages. Tasks may be frozen until the answer.</returns>
    ValueTask<bool> OpenAsync(PageServerTarget target, CancellationToken cancellationToken);

    /// <summary>Asks ahead of a round whether an earlier one of this target is there.</summary>
    /// <param name="target">The target.</param>
    /// <param name="cancellationToken">Cancelled when the session is.</param>
    /// <returns>True when it is. Tasks may be frozen until the answer.</returns>
    ValueTask<bool> HasParentAsync(PageServerTarget target, CancellationToken cancellationToken);

    /// <summary>Begins a run of pages, ascending within a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="run">The pages; when they are present their content follows, else they are a hole: in the parent images, or lazy.</param>
    /// <param name="cancellationToken">Cancelled when the session is.</param>
    ValueTask BeginRunAsync(PageServerTarget target, PagemapEntry run, CancellationToken cancellationToken);

    /// <summary>Content of the run begun last.</summary>
    /// <param name="target">The target.</param>
    /// <param name="address">The address of the first page.</param>
    /// <param name="pages">Whole pages; valid until the returned task completes.</param>
    /// <param name="cancellationToken">Cancelled when the session is.</param>
    ValueTask WriteAsync(PageServerTarget target, ulong address, ReadOnlyMemory<byte> pages, CancellationToken cancellationToken);

    /// <summary>Everything was sent. A dump fails, and its tasks run on, when the answer is not 0.</summary>
    /// <param name="cancellationToken">Cancelled when the session is.</param>
    /// <returns>0 when everything is stored.</returns>
    ValueTask<int> CloseAsync(CancellationToken cancellationToken);
}
