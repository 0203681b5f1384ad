using U2CMigration.Core.Destination.SharedMemory;
using U2CMigration.Core.Destination.Verification;
using U2CMigration.Core.Filling;
using U2CMigration.Core.Logging;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Receiving;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Destination;

/// <summary>
/// Compares CRIU's page map of the frozen tree, which is the last word, with the store: pages that the images want and the store lacks are asked for,
/// pages that the store has beyond them are never used.
/// </summary>
internal sealed class RestorePlan(DestinationContext context, PageStore store, RecentPages recent, MigrationConnection connection, RestoreMessages messages, IncomingObjects objects)
{
    private const int MaxAttempts = 3;

    private readonly List<LazyTask> _tasks = [];
    private readonly List<PageRun> _toPlace = [];
    private bool _ownUserNamespace;

    /// <summary>Reads the page maps.</summary>
    public void Read()
    {
        var directory = new ImageDirectory(context.ImagesDirectory);
        PagesFileCheck.Run(directory);
        _ownUserNamespace = directory.HasUserNamespace();
        IReadOnlyDictionary<int, List<PagemapEntry>> families = CopyOnWriteFamilies.Find(directory, store, out long saved);
        if (saved >> 20 > 0)
        {
            context.Logger.FamilyMemory(saved >> 20);
        }

        foreach (int processId in directory.ProcessesWithPagemap())
        {
            Pagemap pagemap = EagerPages.Demand(directory, processId, families.GetValueOrDefault(processId) ?? [])!;
            var task = new LazyTask(processId, LazyRangesOf(processId, pagemap));
            _tasks.Add(context.Options.Faults?.InRanges?.Invoke(task) ?? task);
            _toPlace.AddRange(pagemap.Entries.Where(static entry => entry.Places == PagePlaces.None).Select(entry => new PageRun(processId, entry.Address, entry.Pages)));
        }
    }

    /// <summary>Takes the last pages, and makes sure that the store has every page that the images want.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<PageRun> missing = store.MissingFrom(Wanted());
        for (int attempt = 0; missing.Count > 0 && attempt < MaxAttempts; attempt++)
        {
            await AskAsync(missing, cancellationToken).ConfigureAwait(false);
            missing = store.MissingFrom(Wanted());
        }

        if (missing.Count > 0)
        {
            throw new ImageDamagedException($"{missing.Sum(static run => run.Pages)} pages that the images want did not arrive.");
        }

        context.Options.Faults?.InStore?.Invoke(store);
    }

    /// <summary>The way to restore, now that the images are here: a source may not have said that the processes are in a user namespace.</summary>
    /// <param name="chosen">The way chosen when it was offered.</param>
    /// <exception cref="RestoreRefusedException">First touch was asked for and is not open to these images.</exception>
    public RestoreMode Confirm(RestoreMode chosen) => chosen == RestoreMode.FlatImages || !_ownUserNamespace
        ? chosen
        : RestoreChoice.Of(context.Options.RestoreMode, lazyPages: true, ownUserNamespace: true, RestoreChoice.UserNamespacesHaveFirstTouch())
            ?? throw new RestoreRefusedException(RestoreChoice.UserNamespaceSentence);

    /// <summary>The restore in the chosen way.</summary>
    /// <param name="mode">The way.</param>
    /// <param name="held">The restore that CRIU does.</param>
    /// <param name="ledger">Keeps account of what is given on first touch; null for none.</param>
    /// <param name="given">Shared memory that the restore inherits.</param>
    /// <param name="kept">Keeps what the processes depend on; null for none.</param>
    public IRestore Create(RestoreMode mode, HeldRestore held, InstallLedger? ledger, IReadOnlyList<CriuInheritedDescriptor> given, KeptFill? kept)
    {
        if (mode == RestoreMode.FlatImages)
        {
            return new FlatRestore(context, held, store, given);
        }

        ILazyPageSource source = ledger is null ? store : ledger;
        return new FirstTouchRestore(context, held, store, context.Options.Faults?.InServing?.Invoke(source) ?? source, _tasks, recent, given, FindPlacing(), kept);
    }

    /// <summary>Pages that CRIU reads from files as soon as it begins. Where they are all here they are taken from now on, and what else may be on its way is not waited for.</summary>
    private PagePlacing FindPlacing()
    {
        if (_toPlace.Count == 0)
        {
            return PagePlacing.None;
        }

        if ((connection.Features & ProtocolFeatures.PrivateMemoryFirst) == 0 || store.MissingFrom(_toPlace).Count > 0)
        {
            return PagePlacing.WhenComplete;
        }

        _toPlace.Clear();
        return PagePlacing.AtOnce;
    }

    private static IEnumerable<LazyPageRange> LazyRangesOf(int processId, Pagemap pagemap)
    {
        foreach (PagemapEntry entry in pagemap.Entries)
        {
            if (entry.IsLazyOnly)
            {
                yield return new LazyPageRange(processId, entry.Address, entry.Pages);
            }
        }
    }

    /// <summary>The pages that the store must have.</summary>
    internal IEnumerable<PageRun> Wanted() =>
        _tasks.SelectMany(static task => task.Ranges).Select(static range => new PageRun(range.ProcessId, range.Address, range.Pages)).Concat(_toPlace).Concat(objects.Wanted);

    private async Task AskAsync(IReadOnlyList<PageRun> missing, CancellationToken cancellationToken)
    {
        context.Logger.PagesMissing(missing.Sum(static run => run.Pages));
        foreach (MissingPages request in MissingPages.Of(missing))
        {
            await connection.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        await ReceiveAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (await connection.ReceiveAsync(recent, cancellationToken).ConfigureAwait(false))
            {
                case RoundEnd round:
                    await connection.SendAsync(new RoundAck(round.Round, connection.PageBytesReceived, store.Statistics.StoredBytes), cancellationToken).ConfigureAwait(false);
                    return;
                case Abort abort:
                    throw new SourceAbortedException(abort);
                case { } other when !messages.TryTake(other):
                    throw new MigrationProtocolException("the last pages", other.Type.ToString());
            }
        }
    }
}
