using U2CMigration.Core.PageStores;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Core.Options;

/// <summary>Faults on the ways of memory, put in to see that they are found. Only tests can set them.</summary>
internal sealed record MemoryFaults
{
    /// <summary>Called when the images have arrived whole and were not read yet.</summary>
    public Action<ImageDirectory>? InImages { get; init; }

    /// <summary>Called when every page has arrived.</summary>
    public Action<PageStore>? InStore { get; init; }

    /// <summary>Called when pages were written into the images, before CRIU reads them.</summary>
    public Action<ImageDirectory>? InPlacedPages { get; init; }

    /// <summary>Stands between the pages and the restored processes.</summary>
    public Func<ILazyPageSource, ILazyPageSource>? InServing { get; init; }

    /// <summary>Changes what is to be served.</summary>
    public Func<LazyTask, LazyTask>? InRanges { get; init; }
}
