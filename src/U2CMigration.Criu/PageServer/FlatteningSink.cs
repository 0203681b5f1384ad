using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.PageServer;

/// <summary>Takes the pages of several pre-dumps and of the dump behind them, and makes one plain set of images of them: no chain of parent images is left.</summary>
/// <remarks>
/// <para>One instance takes all rounds of one tree, each over a <see cref="PageServerSession"/> of its own. Pages are stored once, newer content in place of
/// older, so that what is stored does not grow with the rounds. <see cref="Finish"/> names the images before the last round, the dump.</para>
/// <para>A hole says that a page is as it was in the round before. CRIU also says so of pages that it has never sent (in mappings that are new, for example)
/// and then can not restore its own chain. Here such pages are asked for while the tree is still frozen; if they can not be had, the dump is refused
/// and the tree runs on.</para>
/// </remarks>
public sealed class FlatteningSink : IPageServerSink, IDisposable
{
    private const int Refused = -1;
    private readonly PageStore _store;
    private readonly MissingPageReader? _missing;
    private Dictionary<PageServerTarget, PageRound> _before = [];
    private Dictionary<PageServerTarget, PageRound> _round = [];
    private ImageDirectory? _images;
    private PagePlaces _places;

    /// <summary>Prepares to store.</summary>
    /// <param name="storeDirectory">Where pages are kept until the dump, in a file without a name; memory (tmpfs) is best.</param>
    /// <param name="missing">Reads pages that CRIU takes for known but never sent, from the tree that is frozen then; null to refuse the dump for them.</param>
    public FlatteningSink(string storeDirectory, MissingPageReader? missing = null)
    {
        _store = PageStore.Create(storeDirectory);
        _missing = missing;
    }

    /// <summary>Rounds that were received whole.</summary>
    public int Rounds { get; private set; }

    /// <summary>Pages of the dump that were asked for because CRIU had never sent them.</summary>
    public long RepairedPages { get; private set; }

    /// <summary>Pages of the dump that could not be had; the dump was refused if there are any.</summary>
    public long UnresolvedPages { get; private set; }

    /// <summary>Says that the next round is the dump, and where its pagemaps and pages go when it has been received.</summary>
    /// <param name="images">The directory, beside the other images of the dump or to be.</param>
    public void Finish(ImageDirectory images)
    {
        ArgumentNullException.ThrowIfNull(images);
        _images = images;
    }

    /// <inheritdoc/>
    public ValueTask<bool> OpenAsync(PageServerTarget target, CancellationToken cancellationToken)
    {
        _round.TryAdd(target, new PageRound());
        return ValueTask.FromResult(_before.ContainsKey(target));
    }

    /// <inheritdoc/>
    public ValueTask<bool> HasParentAsync(PageServerTarget target, CancellationToken cancellationToken) => ValueTask.FromResult(_before.ContainsKey(target));

    /// <inheritdoc/>
    public ValueTask BeginRunAsync(PageServerTarget target, PagemapEntry run, CancellationToken cancellationToken)
    {
        _places = PagePlaces.Present | (run.Places & PagePlaces.Lazy);
        if (!run.IsPresent)
        {
            PageRound? before = (run.Places & PagePlaces.Parent) != 0 ? _before.GetValueOrDefault(target) : null;
            _round[target].AddFrom(before, run, _places);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(PageServerTarget target, ulong address, ReadOnlyMemory<byte> pages, CancellationToken cancellationToken)
    {
        PageRound round = _round[target];
        PageRound? before = _before.GetValueOrDefault(target);
        int size = Environment.SystemPageSize;
        for (int offset = 0; offset < pages.Length; offset += size)
        {
            // In the place of the older content: should the round fail, CRIU has to begin anew anyway.
            ulong page = address + (ulong)offset;
            long slot = before is not null && before.TryGetSlot(page, out long known) ? known : _store.NewSlot();
            _store.Write(slot, pages.Span.Slice(offset, size));
            round.Add(page, slot, _places);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<int> CloseAsync(CancellationToken cancellationToken)
    {
        if (_images is not null)
        {
            foreach ((PageServerTarget target, PageRound round) in _round)
            {
                Repair(target, round);
            }
        }

        if (UnresolvedPages > 0 || !_round.Values.All(static round => round.Close()))
        {
            return ValueTask.FromResult(Refused);
        }

        if (_images is not null)
        {
            Write(_images, cancellationToken);
        }

        _store.Retain(_round.Values.SelectMany(static round => round.Runs));
        _before = _round;
        _round = [];
        Rounds++;
        return ValueTask.FromResult(0);
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private void Repair(PageServerTarget target, PageRound round)
    {
        byte[] page = new byte[Environment.SystemPageSize];
        foreach ((ulong address, PagePlaces places) in round.Unknown)
        {
            if (_missing is null || target.Kind != PageServerTargetKind.Task || !_missing((int)target.Id, address, page))
            {
                UnresolvedPages++;
                continue;
            }

            long slot = _store.NewSlot();
            _store.Write(slot, page);
            round.Add(address, slot, places);
            RepairedPages++;
        }
    }

    private void Write(ImageDirectory images, CancellationToken cancellationToken)
    {
        foreach ((PageServerTarget target, PageRound round) in _round)
        {
            var pagemap = new Pagemap(images.NextPagesId(), round.ToEntries());
            using (PagesFile pages = PagesFile.Create(images.PathOf(pagemap.PagesFileName)))
            {
                _store.CopyTo(pages, round.Runs, cancellationToken);
            }

            pagemap.Write(images.PathOf(target.Kind == PageServerTargetKind.Task
                ? ImageDirectory.PagemapName((int)target.Id)
                : ImageDirectory.SharedPagemapName(target.Id)));
        }
    }
}
