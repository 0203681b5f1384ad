using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BenchmarkDotNet.Attributes;
using U2CMigration.Core.PageStores;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Benchmarks.Transport;

/// <summary>Pages over TCP on this machine into a page store, with acknowledgements, plain and encrypted; times are per page. Both ends share the processors.</summary>
public class LoopbackBenchmarks
{
    private const int Batches = 64;
    private const string Name = "CN=destination";

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

    /// <summary>TLS 1.3.</summary>
    [Params(false, true)]
    public bool Encrypted { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        var options = new MigrationConnectionOptions { SendBufferBytes = SendBufferBytes, ClientTls = Encrypted ? ToDestination() : null, ServerTls = Encrypted ? Certified() : null };
        _store = new PageStore(new PageStoreOptions());
        _listener = MigrationListener.Listen(new IPEndPoint(IPAddress.Loopback, 0), ConnectionRole.Destination, options);
        _source = await MigrationConnection.ConnectAsync(_listener.LocalEndPoint, ConnectionRole.Source, options);
        _destination = await _listener.AcceptAsync();
        _acknowledgements = _source.ReceiveAsync().AsTask();
    }

    private static SslClientAuthenticationOptions ToDestination() => new()
    {
        TargetHost = "destination",
        EnabledSslProtocols = SslProtocols.Tls13,
        RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.Subject == Name,
    };

    private static SslServerAuthenticationOptions Certified()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Name, key, HashAlgorithmName.SHA256);
        return new SslServerAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls13,
            ServerCertificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)),
        };
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
