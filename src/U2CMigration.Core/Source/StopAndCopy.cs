using System.Diagnostics;
using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Results;
using U2CMigration.Core.Source.FilesInStep;
using U2CMigration.Core.Source.Verification;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Source;

/// <summary>The round in which the workload is frozen: the last dirty pages and CRIU's images travel, and the destination restores.</summary>
internal sealed class StopAndCopy(
    SourceContext context, TreeTracker tracker, PageSender sender, MigrationConnection connection, SourceDialogue dialogue, FrozenTree tree, SourceState carried, FileRounds? files = null)
{
    private readonly PageSet _tail = new();
    private readonly PageSet _everythingLeft = new();
    private readonly PageSet _touchedByDump = new();

    /// <summary>The moment at which the freeze was asked for (<see cref="Stopwatch.GetTimestamp"/>).</summary>
    public long FreezeTimestamp { get; private set; }

    /// <summary>The same, since the migration began.</summary>
    public TimeSpan FreezeStart { get; private set; }

    /// <summary>The moments since then.</summary>
    public DowntimeTimeline Timeline { get; } = new();

    /// <summary>What took how long.</summary>
    public FreezeSteps Steps { get; } = new();

    /// <summary>File locks that the destination gets only once the frozen tree is gone, for people.</summary>
    public IReadOnlyList<string> PendingLocks { get; private set; } = [];

    /// <summary>What the images leave out.</summary>
    public CarriedTree Carried { get; private set; } = new();

    /// <summary>The memory that the images name.</summary>
    public ImageMemory Memory => ImageMemory.Measure(new ImageDirectory(context.ImagesDirectory));

    /// <summary>The shared memory that travelled as pages.</summary>
    public long CarriedBytes => tracker.CarriedBytes;

    /// <summary>The pages that the destination has compared with the restored tree while it was held.</summary>
    public long HeldPages { get; private set; }

    /// <summary>The files that travelled; null where none did.</summary>
    public FilesReport? Files => files?.Book.Report;

    /// <summary>The stop-and-copy round.</summary>
    public RoundReport? Round { get; private set; }

    /// <summary>Freezes, dumps, sends; returns when the destination holds the restored workload.</summary>
    /// <param name="rounds">The rounds before this one.</param>
    /// <param name="pending">The pages found dirty before the freeze and not sent.</param>
    /// <param name="cancellationToken">Ends the migration.</param>
    public async Task RunAsync(PreCopyRounds rounds, PageSet pending, CancellationToken cancellationToken)
    {
        var objects = new FrozenObjects(tracker, sender, connection);
        await using (objects.ConfigureAwait(false))
        {
            await RunAsync(rounds, pending, objects, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task AllOrCancelAsync(CancellationTokenSource cancellation, params Task[] tasks)
    {
        // When one fails the other must end before the undoing begins.
        Task first = await Task.WhenAny(tasks).ConfigureAwait(false);
        if (!first.IsCompletedSuccessfully)
        {
            await cancellation.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first.ConfigureAwait(false);
        }

        await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    private async Task RunAsync(PreCopyRounds rounds, PageSet pending, FrozenObjects objects, CancellationToken cancellationToken)
    {
        long sentBefore = sender.SentPages;
        long bytesBefore = connection.Statistics.WireBytesSent;
        if (HeldComparison.IsWanted(context, connection))
        {
            await Task.Run(HeldComparison.Rehearse, cancellationToken).ConfigureAwait(false);
        }

        bool carries = carried.CanGiveTo(connection);
        await Task.Run(() => tree.AwaitQuietMomentAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        FreezeStart = context.Clock.Elapsed;
        FreezeTimestamp = Stopwatch.GetTimestamp();
        await tree.FreezeAsync(cancellationToken).ConfigureAwait(false);
        Timeline.Frozen = Mark("frozen");
        int index = rounds.Rounds.Count;
        await objects.AnnounceAsync(cancellationToken).ConfigureAwait(false);

        // CRIU needs processor time inside the tasks. Where only CRIU stops them they run at full speed until it does.
        rounds.EndThrottling();
        await connection.SendAsync(new Frozen(pending.PageCount, pending.PageCount * PageSize.Bytes), cancellationToken).ConfigureAwait(false);

        if (tree.StopsBeforeDump)
        {
            // Before the dump: a tracker that reads and clears in two steps would not know what CRIU's code in the tasks writes between them.
            await ScanTailAsync(pending, cancellationToken).ConfigureAwait(false);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task<Func<CancellationToken, Task>> filesRead = SendFilesAsync(both.Token);
            Task dump = DumpAfterAsync(filesRead, both.Token);
            await AllOrCancelAsync(both, dump, CompleteFilesAsync(filesRead, both.Token), SendTailAsync(objects, dump, both.Token)).ConfigureAwait(false);
        }
        else
        {
            await DumpAsync(cancellationToken).ConfigureAwait(false);
            await objects.AnnounceAsync(cancellationToken).ConfigureAwait(false);
            await ScanTailAsync(pending, cancellationToken).ConfigureAwait(false);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await AllOrCancelAsync(both, CompleteFilesAsync(SendFilesAsync(both.Token), both.Token), SendTailAsync(objects, Task.CompletedTask, both.Token)).ConfigureAwait(false);
        }

        Timeline.Dumped = Mark("dump and tail complete");
        await Task.Run(() => HiddenMemory.AddToImages(context, tracker.Processes, tree.HiddenProcesses, tree.CriuVersion, cancellationToken), cancellationToken).ConfigureAwait(false);
        Timeline.PageMapsComplete = Mark("page maps complete");

        // A look after the page maps, always: CRIU ran code inside the tasks after the tail was scanned, and the kernel fills holes with zeros where it makes huge pages, in frozen tasks too.
        Task touched = Task.Run(() => tracker.Processes.Collect(_touchedByDump, cancellationToken), cancellationToken);
        bool mayCarryLater = (connection.Features & ProtocolFeatures.PrivateMemoryFirst) != 0;
        if (!mayCarryLater)
        {
            await CarryAsync(carries, cancellationToken).ConfigureAwait(false);
        }

        ImagesEnd end;
        try
        {
            end = await ImageSender.SendAsync(context.ImagesDirectory, connection, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Not left running: the tracker is disposed when this fails.
            await touched.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await touched.ConfigureAwait(false);
        tree.BeginConfirming();
        await sender.SendAsync(_touchedByDump, null, null, cancellationToken).ConfigureAwait(false);
        await connection.SendAsync(end, cancellationToken).ConfigureAwait(false);
        Timeline.ImagesSent = Mark("images sent");

        await objects.CompleteAsync(_everythingLeft, cancellationToken).ConfigureAwait(false);
        Mark("shared memory complete");
        dialogue.BeginRestoring();
        await connection.SendAsync(new RoundEnd(index, sender.SentPages - sentBefore, 0), cancellationToken).ConfigureAwait(false);
        Round = new RoundReport
        {
            Index = index,
            Start = FreezeStart,
            Duration = Stopwatch.GetElapsedTime(FreezeTimestamp),
            DirtyPages = _everythingLeft.PageCount,
            SentPages = sender.SentPages - sentBefore,
            HeldPages = 0,
            WireBytes = connection.Statistics.WireBytesSent - bytesBefore,
        };
        using var restoring = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await AllOrCancelAsync(restoring, WaitForRestoreAsync(new RestoreAnswers(dialogue, new RestoreQuestions(context, tracker, sender, connection, index, objects.Named)), restoring.Token), mayCarryLater ? CarryAsync(carries, restoring.Token) : Task.CompletedTask, CompareHeldAsync(restoring.Token)).ConfigureAwait(false);
        await tree.ConfirmAsync().ConfigureAwait(false);
    }

    /// <summary>The last round of the files; all of them are read when this ends. What is returned waits for the destination, which must have them before it restores.</summary>
    private async Task<Func<CancellationToken, Task>> SendFilesAsync(CancellationToken cancellationToken)
    {
        if (files is null)
        {
            return static _ => Task.CompletedTask;
        }

        Func<CancellationToken, Task> rest = await files.SendFrozenAsync(cancellationToken).ConfigureAwait(false);
        Mark("files read");
        return rest;
    }

    private async Task CompleteFilesAsync(Task<Func<CancellationToken, Task>> read, CancellationToken cancellationToken)
    {
        Func<CancellationToken, Task> rest = await read.ConfigureAwait(false);
        await rest(cancellationToken).ConfigureAwait(false);
        Mark("files taken");
    }

    /// <summary>CRIU makes directories inside the mounts of the tree and removes them: not while files are read, or they would be found.</summary>
    private async Task DumpAfterAsync(Task read, CancellationToken cancellationToken)
    {
        await read.ConfigureAwait(false);
        await DumpAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task DumpAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await tree.DumpAsync(cancellationToken).ConfigureAwait(false);
        if (tree.StoppedAgain > 0)
        {
            // Until then the workload ran on.
            start = tree.StoppedAgain;
            FreezeStart += Stopwatch.GetElapsedTime(FreezeTimestamp, start);
            FreezeTimestamp = start;
            Timeline.Frozen = TimeSpan.Zero;
        }

        Steps.Dump = Stopwatch.GetElapsedTime(start);
        Mark("dumped");
    }

    /// <summary>What the images leave out. Read in the time of the restore, as the destination needs it only then: beside the dump it would take processor time from it.</summary>
    private async Task CarryAsync(bool isWanted, CancellationToken cancellationToken)
    {
        Carried = await Task.Run(carried.Read, cancellationToken).ConfigureAwait(false);
        Carried.Owner = await context.Target.Owner.TakeStateAsync(cancellationToken).ConfigureAwait(false);
        Mark("carried state read");
        if (isWanted)
        {
            await CarriedSender.SendAsync(Carried, connection, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ScanTailAsync(PageSet pending, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await Task.Run(() => tracker.Processes.Collect(_tail, cancellationToken), cancellationToken).ConfigureAwait(false);
        pending.UnionTo(_tail, _everythingLeft);
        Steps.TailScan = Stopwatch.GetElapsedTime(start);
        Mark("tail scanned");
    }

    private async Task SendTailAsync(FrozenObjects objects, Task dump, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await sender.SendAsync(_everythingLeft, null, null, cancellationToken).ConfigureAwait(false);
        Steps.TailSend = Stopwatch.GetElapsedTime(start);
        Mark("tail sent");
        objects.Begin();
        await objects.SendEarlyAsync(dump, _everythingLeft, cancellationToken).ConfigureAwait(false);
    }

    private async Task WaitForRestoreAsync(RestoreAnswers answers, CancellationToken cancellationToken)
    {
        context.Progress.Enter(Sessions.MigrationPhase.Restoring);
        Restored restored = await answers.WaitAsync(cancellationToken).ConfigureAwait(false);
        PendingLocks = answers.PendingLocks;
        Steps.AtDestination = restored.Phases;
        Timeline.Restored = Mark("restored");
    }

    /// <summary>In the time of the restore, in which there is nothing else to do here.</summary>
    private async Task CompareHeldAsync(CancellationToken cancellationToken)
    {
        if (HeldComparison.IsWanted(context, connection))
        {
            var comparison = new HeldComparison(context, tracker.Processes, connection);
            await comparison.RunAsync(cancellationToken).ConfigureAwait(false);
            HeldPages = comparison.Pages;
        }
    }

    private TimeSpan Mark(string step)
    {
        TimeSpan since = Stopwatch.GetElapsedTime(FreezeTimestamp);
        context.Logger.FreezeTimeline(step, since.TotalMilliseconds);
        return since;
    }
}
