using System.Diagnostics;
using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Destination.Policy;
using U2CMigration.Core.Destination.SharedMemory;
using U2CMigration.Core.Destination.Verification;
using U2CMigration.Core.FileLocks;
using U2CMigration.Core.Filling;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Inventory;
using U2CMigration.Core.Logging;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Results;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Options;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>One migration as the destination lives it, from the accepted offer to the last page in place.</summary>
internal sealed partial class IncomingWorkload : IAsyncDisposable
{
    private readonly DestinationContext _context;
    private readonly MigrationConnection _connection;
    private readonly ClaimedDirectory _directory;
    private readonly PageStore _store;
    private readonly IncomingObjects _objects;
    private readonly RecentPages _recent;
    private readonly ImageReceiver _images;
    private readonly MigrationTurn _turn;
    private readonly IArrivalHost _host;
    private readonly IArrivingTree _tree;
    private readonly IncomingNetwork _network;
    private readonly List<PhaseDuration> _phases = [];
    private readonly IDisposable _memory;
    private readonly IncomingVerification _verification;
    private readonly DestinationState _carried;
    private readonly IncomingFiles _files;
    private Task<IReadOnlyList<CarriedConnection>> _resetting = Task.FromResult<IReadOnlyList<CarriedConnection>>([]);
    private LockExchange? _locks;
    private KeptFill? _kept;
    private RestoreSurroundings? _surroundings;
    private ProgressWatch? _watch;
    private RestoreMode _mode;
    private bool _runs;
    private bool _disposed;

    public IncomingWorkload(DestinationContext context, MigrationTurn turn, MigrationConnection connection, RestoreMode mode, IArrivalHost host)
    {
        _host = host;
        _memory = host.TakeMemory();
        _context = context;
        _turn = turn;
        _connection = connection;
        _mode = mode;
        _network = new IncomingNetwork(context.Options.Network, IncomingNetwork.RequestOf(context, connection.Peer), context.Logger);
        _carried = new DestinationState(isSent: (connection.Features & ProtocolFeatures.CarriedState) != 0);
        _files = new IncomingFiles(context, connection);
        _directory = ClaimedDirectory.Create(context.ImagesDirectory);
        bool isOfOthers = context.Offer.Traits.Contains(Offer.UserNamespace);
        if (isOfOthers && OperatingSystem.IsLinux())
        {
            // The work directory above it stays closed to them.
            File.SetUnixFileMode(context.ImagesDirectory, PrivateDirectory.ThroughDescriptor);
        }

        _images = new ImageReceiver(
            context.ImagesDirectory,
            context.Options.MaxImageBytes > 0 ? context.Options.MaxImageBytes : context.Admitted?.ImageBytes ?? long.MaxValue,
            isOfOthers ? PrivateDirectory.FileThroughDescriptor : PrivateDirectory.OnlyOwnersFile);
        try
        {
            _store = new PageStore(StoreLimits.Of(context));
            if (context.Admitted is { } admitted)
            {
                admitted.Taken = () => _store.Statistics.StoredBytes;
            }

            _objects = new IncomingObjects(_store, host.CreateObject);
            _recent = new RecentPages(_store);
            _verification = new IncomingVerification(context, connection, _store);
            _tree = host.CreateTree(context, turn);
        }
        catch
        {
            _store?.Dispose();
            _directory.Dispose();
            throw;
        }
    }

    /// <summary>Whether the workload runs here; from then on a lost source changes nothing.</summary>
    public bool Runs => _runs;

    /// <summary>Whether the workload does not run here and never will, which the source may be told.</summary>
    public bool IsGone => _tree.IsGone;

    /// <summary>Completes when clients find the workload here, or that was given up.</summary>
    public Task Announced => _network.Announced;

    /// <summary>Receives, restores, resumes.</summary>
    /// <param name="cancellationToken">Ends it up to the commit; ignored after.</param>
    public async Task<MigratedContainer> RunAsync(CancellationToken cancellationToken)
    {
        await _files.AccompanyAsync(ArriveAsync, cancellationToken).ConfigureAwait(false);
        await ResumeAsync().ConfigureAwait(false);
        Task<string?> completing = _tree.CompleteAsync();
        long storeBytes = _store.Statistics.StoredBytes;
        var farewell = new IncomingFarewell(_context, _connection, _verification, _tree, _store);
        FillReport? fill = await farewell.RunAsync(_resetting, cancellationToken).ConfigureAwait(false);
        string?[] warnings = [_network.Problem, await completing.ConfigureAwait(false)];
        return new MigratedContainer { MigrationId = _context.MigrationId, RootProcessId = _tree.RootProcessId, Fill = fill, RestoreMode = _mode, StoreBytes = storeBytes, IsSourceReleased = farewell.IsReleased, Warnings = [.. warnings.OfType<string>()] };
    }

    /// <summary>Removes everything that belongs to a workload which does not run here.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_runs)
        {
            // Before its processes end: without its address no socket of theirs can say so to a peer, which has its connection with the source.
            await _network.AbandonAsync().ConfigureAwait(false);
        }

        await _tree.DisposeAsync().ConfigureAwait(false);
        if (!_runs && IsGone)
        {
            // Not while anything of it may be left that uses them.
            await _files.DiscardAsync().ConfigureAwait(false);
        }

        await _files.DisposeAsync().ConfigureAwait(false);
        await (_surroundings?.EndAsync(_runs) ?? Task.CompletedTask).ConfigureAwait(false);
        if (_watch is not null)
        {
            await _watch.DisposeAsync().ConfigureAwait(false);
        }

        _kept?.Dispose();
        _locks?.Dispose();
        _images.Dispose();
        await _verification.DisposeAsync().ConfigureAwait(false);
        _memory.Dispose();
        if (!_tree.StillServes)
        {
            // Otherwise a thread reads them, for processes that wait.
            _store.Dispose();
        }

        _objects.Dispose();
        _directory.Dispose();
        if (IsGone)
        {
            RecordAborted();
        }
    }

    /// <summary>All up to the commit, which is received when it returns.</summary>
    private async Task ArriveAsync(CancellationToken cancellationToken)
    {
        await _tree.BeginAsync(cancellationToken).ConfigureAwait(false);
        if (_mode != RestoreMode.FlatImages)
        {
            _kept = KeptFill.Start(new FillMarker(_context.Options.WorkDirectory, _context.MigrationId), _tree.Groups);
        }

        await _files.BeginAsync(_tree.Files, cancellationToken).ConfigureAwait(false);
        await _network.PrepareAsync(_tree.OwnNetwork, cancellationToken).ConfigureAwait(false);
        await _host.RehearseAsync().ConfigureAwait(false);
        LedgerIdentity? ledger = (_connection.Features & ProtocolFeatures.LedgerIdentity) == 0 ? null : _context.Ledger.Identity;
        await _connection.SendAsync(new Accept { Warnings = ProcessorComparison.Warnings(_context.Needs), Ledger = ledger }, cancellationToken).ConfigureAwait(false);
        await ReceiveAsync(cancellationToken).ConfigureAwait(false);

        // The workload is down, and the source waits less patiently than before.
        _connection.IsAtWork = true;
        await RestoreAsync(cancellationToken).ConfigureAwait(false);
        if (!_locks!.ArePending)
        {
            // Otherwise the tasks have to take them by themselves, so that CRIU holds them until then.
            await LetGoAsync().ConfigureAwait(false);
        }

        _kept?.Watch(_tree.Groups);
        _tree.Record();
        _context.Logger.WorkloadHeld(_context.MigrationId);
        await _connection.SendAsync(new Restored(_phases), cancellationToken).ConfigureAwait(false);
        await RestoreMessages.ExpectCommitAsync(_connection, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has CRIU finish with the tree frozen.</summary>
    private async Task LetGoAsync()
    {
        await _surroundings!.ConnectionsFree.ConfigureAwait(false);
        await _tree.FreezeAsync().ConfigureAwait(false);
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        _watch = new ProgressWatch(_connection, _context.Options.ProgressTimeout, cancellationToken);
        await ReceiveAsync(_watch, cancellationToken).ConfigureAwait(false);
        _watch.Finish();
    }

    private async Task ReceiveAsync(ProgressWatch watch, CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (await watch.ReceiveAsync(_recent).ConfigureAwait(false))
            {
                case PagesDropped dropped:
                    foreach (Transport.Pages.PageRun run in dropped.Runs)
                    {
                        _store.Drop(run);
                    }

                    break;
                case SharedObjectList list:
                    _objects.Take(list);
                    break;
                case RoundEnd round:
                    _recent.Begin();
                    await _connection.SendAsync(new RoundAck(round.Round, _connection.PageBytesReceived, _store.Statistics.StoredBytes), cancellationToken).ConfigureAwait(false);
                    break;
                case Frozen:
                    _memory.Dispose();
                    break;
                case Transport.Messages.ImageFile piece:
                    _images.Take(piece);
                    break;
                case FilesRound files when _files.TryTake(files):
                    break;
                case { } early when _carried.TryTake(early):
                    // From a source that does not know that it may come later.
                    break;
                case ImagesEnd end:
                    _images.Complete(end);
                    _files.RequireComplete();
                    return;
                case Abort abort:
                    throw new SourceAbortedException(abort);
                case { } other:
                    throw new MigrationProtocolException("pages or images", other.Type.ToString());
            }
        }
    }

    private async Task RestoreAsync(CancellationToken cancellationToken)
    {
        _tree.Prepare();
        long start = Stopwatch.GetTimestamp();
        void Mark(string step) => _context.Logger.RestoreTimeline(step, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        _context.Options.Faults?.InImages?.Invoke(new ImageDirectory(_context.ImagesDirectory));
        Task allowed = Task.Run(() => PolicyCheck.Run(new ImageDirectory(_context.ImagesDirectory), _context.Options), CancellationToken.None);
        try
        {
            await RestoreAsync(allowed, Mark, start, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Not left behind: it reads what is removed when this fails.
            await allowed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Has the tree restored once the policy allows it; until then CRIU gets nothing to read.</summary>
    private async Task RestoreAsync(Task allowed, Action<string> mark, long start, CancellationToken cancellationToken)
    {
        var messages = new RestoreMessages(_connection, _verification.Expected.TryTake, _objects.TryTake, _carried.TryTake);
        var plan = new RestorePlan(_context, _store, _recent, _connection, messages, _objects);
        plan.Read();
        mark("page maps read");
        _mode = plan.Confirm(_mode);
        if (_mode == RestoreMode.FlatImages)
        {
            _kept?.Dispose();
        }

        _network.BeginAcquiring(cancellationToken);
        var images = new ImageDirectory(_context.ImagesDirectory);
        InstallLedger? ledger = _verification.Begin(_mode, _images.Received, _objects.Find(images));
        await _network.Acquired.ConfigureAwait(false);
        mark("address here");
        _surroundings = _host.Surround(_context, _tree.NetworkNamespace);

        // What follows writes into the images: the check has to see them as they came.
        await allowed.ConfigureAwait(false);
        mark("allowed by the policy");
        _locks = new LockExchange(_context.MigrationId, _connection, _context.Logger, pages => _verification.AnswerAsync(pages, _tree.Restore, _runs));
        _locks.TakeOver(images);
        _carried.Read(images);
        IReadOnlyList<CriuInheritedDescriptor> given = await _objects.HandOverAsync(images, _tree, cancellationToken).ConfigureAwait(false);
        _tree.Enter();
        mark("files handed over");
        IRestore restore = _tree.Create(held => plan.Create(_mode, held, ledger, given, _kept));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task completing = plan.CompleteAsync(stop.Token);
        Task<int> holding = HoldAsync(restore, completing, stop.Token);
        await RestoreWait.CompleteAsync(completing, holding, stop).ConfigureAwait(false);
        mark("pages complete");
        _phases.Add(new PhaseDuration(PhaseNames.Check, Stopwatch.GetElapsedTime(start)));
        Task released = Task.Run(_objects.Complete, CancellationToken.None);
        try
        {
            await RestoreWait.HoldAsync(holding, messages.NextOtherAsync(stop.Token), stop).ConfigureAwait(false);
        }
        finally
        {
            // Not left behind: it works on what is disposed when this fails.
            await released.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        mark("restored by CRIU");
        await released.ConfigureAwait(false);
        _objects.Seal();
        _surroundings.FreeConnections();
        await _locks.TakeFreeAsync(_tree.RootProcessId, cancellationToken).ConfigureAwait(false);
        mark("locks taken");
        await messages.CompleteAsync(() => _carried.IsComplete, cancellationToken).ConfigureAwait(false);
        mark("carried state here");
        await _host.GiveAsync(_carried, _tree.RootProcessId).ConfigureAwait(false);
        await _tree.GiveStateAsync(_carried.Owner, cancellationToken).ConfigureAwait(false);
        mark("carried state given");
        if (_carried.Any)
        {
            await _connection.SendAsync(new CarriedOutcome(_carried.Warnings, _carried.LostProtections), cancellationToken).ConfigureAwait(false);
        }

        _phases.Add(new PhaseDuration(PhaseNames.Restore, Stopwatch.GetElapsedTime(start)));
    }

    /// <summary>Restores, and compares what was restored if the source wants that.</summary>
    private async Task<int> HoldAsync(IRestore restore, Task pagesComplete, CancellationToken cancellationToken)
    {
        await _tree.HoldAsync(restore, pagesComplete, cancellationToken).ConfigureAwait(false);
        await _verification.CompareHeldAsync(_tree.RootProcessId, restore, cancellationToken).ConfigureAwait(false);
        return _tree.RootProcessId;
    }
}
