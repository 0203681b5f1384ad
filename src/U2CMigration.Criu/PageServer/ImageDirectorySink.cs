using System.Collections.Immutable;
using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.PageServer;

/// <summary>Stores what CRIU sends as image files, beside the other images of the same dump.</summary>
/// <remarks>Pagemaps are written on close only, so a connection that breaks leaves no pagemap that lists missing pages.</remarks>
public sealed class ImageDirectorySink : IPageServerSink, IDisposable
{
    private readonly ImageDirectory _directory;
    private readonly Dictionary<PageServerTarget, StoredTarget> _targets = [];
    private uint _nextPagesId;

    /// <summary>Prepares to store.</summary>
    /// <param name="directory">Where to.</param>
    public ImageDirectorySink(ImageDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        _directory = directory;
        _nextPagesId = directory.NextPagesId();
    }

    /// <inheritdoc/>
    public ValueTask<bool> OpenAsync(PageServerTarget target, CancellationToken cancellationToken)
    {
        if (!_targets.ContainsKey(target))
        {
            uint pagesId = _nextPagesId++;
            var pages = PagesFile.Create(_directory.PathOf(new Pagemap(pagesId, []).PagesFileName));
            _targets.Add(target, new StoredTarget(pagesId, pages, ImmutableArray.CreateBuilder<PagemapEntry>()));
        }

        return ValueTask.FromResult(false);
    }

    /// <inheritdoc/>
    public ValueTask<bool> HasParentAsync(PageServerTarget target, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    /// <inheritdoc/>
    public ValueTask BeginRunAsync(PageServerTarget target, PagemapEntry run, CancellationToken cancellationToken)
    {
        _targets[target].Entries.Add(run);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(PageServerTarget target, ulong address, ReadOnlyMemory<byte> pages, CancellationToken cancellationToken)
    {
        _targets[target].Pages.Append(pages.Span);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<int> CloseAsync(CancellationToken cancellationToken)
    {
        foreach ((PageServerTarget target, StoredTarget stored) in _targets)
        {
            string name = target.Kind == PageServerTargetKind.Task
                ? ImageDirectory.PagemapName((int)target.Id)
                : ImageDirectory.SharedPagemapName(target.Id);
            new Pagemap(stored.PagesId, stored.Entries.ToImmutable()).Write(_directory.PathOf(name));
        }

        return ValueTask.FromResult(0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (StoredTarget stored in _targets.Values)
        {
            stored.Pages.Dispose();
        }
    }

    private readonly record struct StoredTarget(uint PagesId, PagesFile Pages, ImmutableArray<PagemapEntry>.Builder Entries);
}
