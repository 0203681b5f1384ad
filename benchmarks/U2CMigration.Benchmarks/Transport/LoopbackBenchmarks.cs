using System.Net;
using BenchmarkDotNet.Attributes;
using U2CMigration.Core.PageStores;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Benchmarks.Transport;

/// <summary>Pages over TCP on this machine into a page store, with acknowledgements; times are per page. Both ends share the processors.</summary>
public class LoopbackBenchmarks
{
    private const int Batches = 64;

    private readonly PageBatch _batch = new();
    private readonly byte[] _pages = SamplePages.Create(PageContent.Random);
    private MigrationListener? _listener;
    private MigrationConnection? _source;
    private MigrationConnection? _destination;
    private PageStore? _store;
    private Task<MigrationMessage>? _acknowledgements;

    /// <summary>The socket's send buffer; 0 is the kernel's choice.</summary>
    [Params(0, 512 << 10)]
    public int SendBufferBytes { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var options = new MigrationConnectionOptions { SendBufferBytes = SendBufferBytes };
        _store = new PageStore(new PageStoreOptions());
        _listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, options);
        _source = await MigrationConnection.ConnectAsync(_listener.LocalEndPoint, ConnectionRole.Source, options);
        _destination = await _listener.AcceptAsync();
        _acknowledgements = _source.ReceiveAsync().AsTask();
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _destination!.SendAsync(new Accept());
        await _acknowledgements!;
        await _source!.DisposeAsync();
        await _destination.DisposeAsync();
        await _listener!.DisposeAsync();
        _store!.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Batches * PageBatch.MaxPages)]
    public async Task SendAndStore()
    {
        Task<MigrationMessage> receiving = _destination!.ReceiveAsync(_store!).AsTask();
        for (int i = 0; i < Batches; i++)
        {
            _batch.Clear();
            _pages.CopyTo(_batch.Add(1, (ulong)i << 20, PageBatch.MaxPages));
            await _source!.SendPagesAsync(_batch);
        }

        await _source!.SendAsync(new RoundEnd(0, 0, 0));
        await receiving;
    }
}
