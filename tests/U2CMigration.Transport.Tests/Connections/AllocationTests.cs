using System.Diagnostics;
using System.Net;
using System.Reflection;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;
using U2CMigration.Transport.Tests.Infrastructure;

namespace U2CMigration.Transport.Tests.Connections;

/// <summary>Counts what the whole process allocates, so nothing else may run.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int BatchesPerRound = 1_000;

    private static bool IsOptimized => typeof(MigrationConnection).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task SendPagesAsync_OverTcp_AllocatesNothingPerBatch()
    {
        await using MigrationListener listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, Connected.Quiet);
        await using MigrationConnection source = await MigrationConnection.ConnectAsync(listener.LocalEndPoint, ConnectionRole.Source, Connected.Quiet, null, Cancellation);
        await using MigrationConnection destination = await listener.AcceptAsync(Cancellation);
        var sink = new DiscardingSink();
        var batch = new PageBatch();
        Task<MigrationMessage> acknowledgements = source.ReceiveAsync(Cancellation).AsTask();

        // The least of several: now and then the runtime compiles again what has become hot, or a pool gives a buffer back to the collector.
        long perBatch = long.MaxValue;
        for (int i = 0; i < 6; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await RoundAsync(BatchesPerRound);
            perBatch = Math.Min(perBatch, (GC.GetTotalAllocatedBytes(precise: true) - before) / BatchesPerRound);
        }

        // An object per batch would be 24 bytes at least. Without optimisation the compiler makes an object of each asynchronous call, a few hundred
        // bytes per batch; an object per page would still be above that.
        perBatch.Should().BeLessThan(IsOptimized ? 20 : 2000);
        await destination.SendAsync(new Accept(), Cancellation);
        await acknowledgements;

        async Task RoundAsync(int batches)
        {
            Task<MigrationMessage> receiving = destination.ReceiveAsync(sink, Cancellation).AsTask();
            for (int i = 0; i < batches; i++)
            {
                batch.Clear();
                batch.Add(1, 0x10000, 100).Fill(7);
                await source.SendPagesAsync(batch, Cancellation);
            }

            await source.SendAsync(new RoundEnd(0, 1, 1), Cancellation);
            await receiving;
        }
    }

    private sealed class DiscardingSink : IPageSink
    {
        private readonly byte[] _page = new byte[PageBatch.PageBytes];

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
