using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Convergence;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Source;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Recorded;
using U2CMigration.Prediction.Histories;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.Source;

/// <summary>Sends memory of this process over a connection of its own; a fresh mapping of zero pages, of which a batch is so small on the wire that no send ever waits.</summary>
/// <remarks>Alone, as tests that take the pool's threads would hold up the timer of a slice.</remarks>
[CollectionDefinition(nameof(PreCopyRoundsTests), DisableParallelization = true)]
[Collection(nameof(PreCopyRoundsTests))]
public sealed class PreCopyRoundsTests
{
    private const int Pages = 400_000;
    private const int LastRound = 1_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_NoSendWaits_RoundEndsWithItsSlice()
    {
        nint memory = Allocate();
        try
        {
            SlicedStrategy strategy = await RunAsync((ulong)memory);

            strategy.Outcomes[0].SentPages.Should().BeLessThan(Pages / 2);
        }
        finally
        {
            Free(memory);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task RunAsync_ShortSlices_SendsSmallBatchesAndLeavesNoAcknowledgementBehind()
    {
        nint memory = Allocate();
        try
        {
            SlicedStrategy strategy = await RunAsync((ulong)memory);

            strategy.BatchPages[0].Should().Be(BatchSize.LeastPages);
        }
        finally
        {
            Free(memory);
        }
    }

    private static unsafe nint Allocate() => (nint)NativeMemory.AlignedAlloc((nuint)Pages << PageSize.Shift, PageSize.Bytes);

    private static unsafe void Free(nint memory) => NativeMemory.AlignedFree((void*)memory);

    private static async Task<SlicedStrategy> RunAsync(ulong start)
    {
        var options = new MigrationConnectionOptions();
        await using MigrationListener listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, options);
        await using MigrationConnection source = await MigrationConnection.ConnectAsync(listener.LocalEndPoint, ConnectionRole.Source, options, null, Cancellation);
        await using MigrationConnection destination = await listener.AcceptAsync(Cancellation);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task acknowledging = AcknowledgeAsync(destination, ending.Token);

        var session = new MigrationSessionOptions { Destination = listener.LocalEndPoint };
        var context = new SourceContext(
            Guid.NewGuid(), MigrationTarget.Process(Environment.ProcessId), session, new ProgressReporter(null, NullLogger.Instance), NullLoggerFactory.Instance);
        using RecordedPageTracker tracker = new RecordingBuilder().Round(pages => pages.Add(Environment.ProcessId, start, start + ((ulong)Pages << PageSize.Shift))).Build();
        var dialogue = new SourceDialogue(source, DialogueStage.Copying);
        using var sender = new PageSender(source, context.Numbers, null);
        var strategy = new SlicedStrategy(() => sender.BatchPages);
        using (var rounds = new PreCopyRounds(context, new TreeTracker(tracker, null, sender), strategy, sender, source, dialogue, DowntimeModel.Untaught(), null, static _ => Task.CompletedTask))
        {
            await rounds.RunAsync(new PageSet(), Cancellation);
        }

        // The destination answers one message after the other: an answer to the last round would come before this one.
        await source.SendAsync(new RoundEnd(LastRound, 0, 0), Cancellation);
        (await dialogue.ExpectAsync<RoundAck>(Cancellation)).Round.Should().Be(LastRound, "the acknowledgements of all rounds were awaited before the stop");

        await ending.CancelAsync();
        await acknowledging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await dialogue.DisposeAsync();
        return strategy;
    }

    private static async Task AcknowledgeAsync(MigrationConnection destination, CancellationToken cancellationToken)
    {
        var sink = new ZeroSink();
        while (true)
        {
            if (await destination.ReceiveAsync(sink, cancellationToken) is RoundEnd end)
            {
                await destination.SendAsync(new RoundAck(end.Round, destination.PageBytesReceived, 0), cancellationToken);
            }
        }
    }

    /// <summary>Sends everything owed in slices of 5 ms and stops when two rounds were sent.</summary>
    private sealed class SlicedStrategy(Func<int> batchPages) : IMigrationStrategy
    {
        public List<RoundOutcome> Outcomes { get; } = [];

        /// <summary>Of the rounds, read while they are sent.</summary>
        public List<int> BatchPages { get; } = [];

        public string Name => "sliced";

        public StrategyTraits Traits => StrategyTraits.Plain;

        public void Learn(PageHistories histories)
        {
        }

        public void Plan(RoundObservation observation, RoundPlan plan)
        {
            if (observation.Previous is { } previous)
            {
                Outcomes.Add(previous);
            }

            if (observation.Round > 0)
            {
                BatchPages.Add(batchPages());
            }

            if (observation.Round >= 2)
            {
                plan.StopAndCopy();
                return;
            }

            plan.AddGroup(observation.Owed);
            plan.Slice = TimeSpan.FromMilliseconds(5);
        }
    }

    private sealed class ZeroSink : IPageSink
    {
        private readonly byte[] _page = new byte[PageSize.Bytes];

        public Span<byte> Prepare(int processId, ulong address) => _page;

        public void Complete(int processId, ulong address, ulong checksum)
        {
        }

        public void StoreZero(int processId, ulong address)
        {
        }

        public ReadOnlySpan<byte> Held(int processId, ulong address) => default;

        public bool Keep(int processId, ulong address, ulong checksum) => false;
    }
}
