using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Convergence;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Source;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Recorded;
using U2CMigration.Strategy.Strategies;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.Source;

/// <summary>
/// Rounds over a real connection whose ends are held up now and then, as threads are on a busy machine. However the times look by then, no one may believe that the half of the memory that
/// was never sent costs nothing.
/// </summary>
/// <remarks>Alone, as the other tests would take the processors.</remarks>
[Collection(nameof(PreCopyRoundsTests))]
public sealed class StalledRoundsTests
{
    private const int Pages = 65_536;
    private const int Trackings = 10_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData(Stall.None)]
    [InlineData(Stall.LookAtAcknowledgements)]
    [InlineData(Stall.DestinationTakesPages)]
    [InlineData(Stall.ThreadPool)]
    [InlineData(Stall.ReadyForTheFreeze)]
    public async Task RunAsync_EndsAreHeldUp_FirstPassIsCompleteBeforeTheStop(Stall stall)
    {
        nint memory = Allocate();
        try
        {
            for (int seed = 0; seed < 2; seed++)
            {
                (await SentBeforeTheStopAsync((ulong)memory, stall, seed)).Should().BeGreaterThanOrEqualTo(Pages);
            }
        }
        finally
        {
            Free(memory);
        }
    }

    private static async Task<long> SentBeforeTheStopAsync(ulong start, Stall stall, int seed)
    {
        var stalls = new RandomStalls(seed);
        var plain = new MigrationConnectionOptions();
        MigrationConnectionOptions held = stall == Stall.LookAtAcknowledgements ? plain with { TimeProvider = new StallingClock(stalls) } : plain;
        await using MigrationListener listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, plain);
        await using MigrationConnection source = await MigrationConnection.ConnectAsync(listener.LocalEndPoint, ConnectionRole.Source, held, null, Cancellation);
        await using MigrationConnection destination = await listener.AcceptAsync(Cancellation);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task acknowledging = AcknowledgeAsync(destination, stall == Stall.DestinationTakesPages ? stalls : null, ending.Token);
        Task hogging = stall == Stall.ThreadPool ? stalls.HogAsync(ending.Token) : Task.CompletedTask;

        var session = new MigrationSessionOptions { Destination = listener.LocalEndPoint };
        var context = new SourceContext(
            Guid.NewGuid(), MigrationTarget.Process(Environment.ProcessId), session, new ProgressReporter(null, NullLogger.Instance), NullLoggerFactory.Instance);
        using RecordedPageTracker tracker = Tracker(start);
        var dialogue = new SourceDialogue(source, DialogueStage.Copying);
        using var sender = new PageSender(source, context.Numbers, null);
        using (var rounds = new PreCopyRounds(
            context, new TreeTracker(tracker, null, sender), MigrationStrategies.Create("u2c-unpredicted"), sender, source, dialogue, DowntimeModel.Untaught(), null, token => stall == Stall.ReadyForTheFreeze ? Task.Delay(100, token) : Task.CompletedTask))
        {
            await rounds.RunAsync(new PageSet(), Cancellation);
        }

        await ending.CancelAsync();
        await Task.WhenAll(acknowledging, hogging).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await dialogue.DisposeAsync();
        return sender.SentPages;
    }

    private static RecordedPageTracker Tracker(ulong start)
    {
        RecordingBuilder recording = new RecordingBuilder().Round(pages => pages.Add(Environment.ProcessId, start, start + ((ulong)Pages << PageSize.Shift)));
        for (int i = 0; i < Trackings; i++)
        {
            recording = recording.Round(pages => pages.Add(Environment.ProcessId, start, start + (8UL << PageSize.Shift)));
        }

        return recording.Build();
    }

    private static unsafe nint Allocate()
    {
        void* memory = NativeMemory.AlignedAlloc((nuint)Pages << PageSize.Shift, PageSize.Bytes);
        new Random(1).NextBytes(new Span<byte>(memory, Pages << PageSize.Shift));
        return (nint)memory;
    }

    private static unsafe void Free(nint memory) => NativeMemory.AlignedFree((void*)memory);

    private static async Task AcknowledgeAsync(MigrationConnection destination, RandomStalls? stalls, CancellationToken cancellationToken)
    {
        var sink = new StallingSink(stalls);
        while (true)
        {
            if (await destination.ReceiveAsync(sink, cancellationToken) is RoundEnd end)
            {
                await destination.SendAsync(new RoundAck(end.Round, destination.PageBytesReceived, 0), cancellationToken);
            }
        }
    }

    /// <summary>What is held up.</summary>
    public enum Stall
    {
        None,
        LookAtAcknowledgements,
        DestinationTakesPages,
        ThreadPool,
        ReadyForTheFreeze,
    }

    /// <summary>Holds up anyone who calls it, now and then.</summary>
    private sealed class RandomStalls(int seed)
    {
        private readonly Lock _lock = new();
        private readonly Random _random = new(seed);

        public void Maybe(int oneIn)
        {
            int milliseconds;
            lock (_lock)
            {
                milliseconds = _random.Next(oneIn) == 0 ? _random.Next(20, 120) : 0;
            }

            if (milliseconds > 0)
            {
                Thread.Sleep(milliseconds);
            }
        }

        /// <summary>Takes every thread of the pool for a while, again and again.</summary>
        public async Task HogAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                await Task.Delay(30, cancellationToken);
                await Task.WhenAll(Enumerable.Range(0, ThreadPool.ThreadCount + 2).Select(_ => Task.Run(() => Maybe(1), cancellationToken)));
            }
        }
    }

    private sealed class StallingClock(RandomStalls stalls) : TimeProvider
    {
        public override long GetTimestamp()
        {
            stalls.Maybe(40);
            long now = base.GetTimestamp();
            stalls.Maybe(40);
            return now;
        }
    }

    private sealed class StallingSink(RandomStalls? stalls) : IPageSink
    {
        private readonly byte[] _page = new byte[PageSize.Bytes];

        public Span<byte> Prepare(int processId, ulong address) => _page;

        public void Complete(int processId, ulong address, ulong checksum) => stalls?.Maybe(4000);

        public void StoreZero(int processId, ulong address)
        {
        }

        public ReadOnlySpan<byte> Held(int processId, ulong address) => default;

        public bool Keep(int processId, ulong address, ulong checksum) => false;
    }
}
