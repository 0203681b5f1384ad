using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Destination;
using U2CMigration.Core.Filling;
using U2CMigration.Core.Freezing;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Options;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Records;
using U2CMigration.Core.Trust;
using U2CMigration.Core.WorkDirectories;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Core.Receiving;

/// <summary>Takes migrations on the destination host. The source host runs a <see cref="Sessions.MigrationSession"/>.</summary>
/// <remarks>
/// Listens from its creation until it is disposed; several migrations may arrive at the same time. A migration that fails leaves nothing behind, is logged,
/// and its source is told; it does not end the receiver. Keep the receiver alive until the containers it received have all their pages, which is when
/// <see cref="ReceiveAsync"/> returns them: their memory is served from this process until then. If it is killed before, they wait for pages that
/// they touch, and a receiver that is created with the same work directory continues; it does not return them from <see cref="ReceiveAsync"/>.
/// </remarks>
/// <example>
/// <code>
/// await using var receiver = MigrationReceiver.Create(new MigrationReceiverOptions { Listen = new IPEndPoint(IPAddress.Any, 9410), RequireSecret = true });
/// receiver.Expect(secret, TimeSpan.FromMinutes(10));
/// MigratedContainer web = await receiver.ReceiveAsync(cancellationToken);
/// </code>
/// </example>
public sealed class MigrationReceiver : IAsyncDisposable
{
    private readonly MigrationReceiverOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly MigrationLedger _ledger;
    private readonly MigrationListener _listener;
    private readonly ReceiverClaim _claim;
    private readonly Channel<MigratedContainer> _arrived = Channel.CreateUnbounded<MigratedContainer>();
    private readonly Admission _admission;
    private readonly OpenConnections _open = new();
    private readonly ExpectedSecrets _secrets = new(TimeProvider.System);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _disposed;

    private MigrationReceiver(MigrationReceiverOptions options, ILoggerFactory loggers)
    {
        _options = options;
        _admission = new Admission(options);
        _loggers = loggers;
        _logger = loggers.CreateLogger("U2CMigration.Receiver");
        CreateWorkDirectory(options.WorkDirectory);
        _claim = ReceiverClaim.Take(options.WorkDirectory);
        ClaimedDirectory.RemoveAbandoned(options.WorkDirectory);
        _ledger = LedgerFolder.Open(options.WorkDirectory, new RestoredTrees(_logger));
        _ledger.RemoveOld();
        var connections = new MigrationConnectionOptions { ServerTls = options.Credentials ?? (options.RequireSecret ? PeerRules.OfThisRun() : null), PeerTimeout = options.IdleTimeout };
        try
        {
            _listener = MigrationListener.Listen(options.Listen, ConnectionRole.Destination, connections, loggers);
        }
        catch
        {
            _claim.Dispose();
            throw;
        }

        _logger.Listening(Endpoint.ToString());
        if (LockedByDefault.IsOpen(options) && !PeerRules.IsLoopback(options.Listen))
        {
            _logger.ReceivesFromAnybody(Endpoint.ToString());
        }

        _accepting = AcceptAsync();
    }

    /// <summary>The endpoint listened on, with the port that was chosen if 0 was asked for.</summary>
    public IPEndPoint Endpoint => _listener.LocalEndPoint;

    /// <summary>Begins to listen.</summary>
    /// <param name="options">Where, and how to restore.</param>
    /// <param name="loggers">Where to log; nowhere by default.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names all that are.</exception>
    /// <exception cref="IOException">The work directory cannot be created, or another receiver works with it.</exception>
    /// <exception cref="Transport.TransportException">The endpoint cannot be listened on.</exception>
    /// <remarks>Whether this host can take migrations at all is found out in the background and logged; ask for it with <see cref="CheckAsync"/>.</remarks>
    public static MigrationReceiver Create(MigrationReceiverOptions options, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new MigrationReceiver(options, loggers ?? NullLoggerFactory.Instance);
    }

    /// <summary>Finds what would make this host refuse every migration: privileges, CRIU, the restore mode, the network device.</summary>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>A sentence for each thing that stands in the way, with the remedy; none where migrations can be taken. Takes some 50 ms.</returns>
    /// <remarks>The receiver listens all the same, as what is missing may still come.</remarks>
    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken = default) => ReceiverCheck.FindAsync(_options, cancellationToken);

    /// <summary>Lets one migration in that proves a secret. The same secret is given to its source (<see cref="Sessions.MigrationSessionOptions.Secret"/>).</summary>
    /// <param name="secret">The secret. It is used up by the migration that is accepted with it, whatever becomes of that.</param>
    /// <param name="lifetime">How long it is expected.</param>
    /// <exception cref="InvalidOperationException"><see cref="MigrationReceiverOptions.RequireSecret"/> is not set, so that others come in without one.</exception>
    /// <exception cref="ArgumentException">The secret is expected already, or was used.</exception>
    public void Expect(MigrationSecret secret, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lifetime, TimeSpan.Zero);
        if (!_options.RequireSecret)
        {
            throw new InvalidOperationException($"{nameof(MigrationReceiverOptions.RequireSecret)} is not set, so that migrations without a secret are taken as well; set it.");
        }

        _secrets.Add(secret, lifetime);
    }

    /// <summary>Waits for the next container that runs here with all its pages in place.</summary>
    /// <param name="cancellationToken">Ends the waiting; migrations continue and are returned by later calls.</param>
    /// <exception cref="ObjectDisposedException">The receiver is disposed.</exception>
    public async Task<MigratedContainer> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _arrived.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(MigrationReceiver));
        }
    }

    /// <summary>
    /// Waits until the source of a container has asked here what became of it: needed when <see cref="MigratedContainer.IsSourceReleased"/> is false, as
    /// the source keeps its frozen copy until then. Receivers that are started later with the same work directory can answer as well.
    /// </summary>
    /// <param name="container">A container that was received.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task WaitForSourceAsync(MigratedContainer container, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(container);
        if (!container.IsSourceReleased)
        {
            await _ledger.WaitForQuestionAsync(container.MigrationId, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops listening, drops migrations that are not committed, and waits for those that are.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _listener.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        _claim.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new HashSet<Task>();
        Task checking = LogProblemsAsync();
        try
        {
            // First the network: processes without an address end in silence.
            await RecoverNetworkAsync().ConfigureAwait(false);
            Recover();
            serving.UnionWith(new FillTakeover(_options.WorkDirectory, _ledger, _loggers).Begin());
            while (true)
            {
                MigrationConnection connection = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                serving.RemoveWhere(static task => task.IsCompleted);
                serving.Add(ServeAsync(connection, _open.Enter(connection.Peer)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
        }

        await checking.ConfigureAwait(false);
        await Task.WhenAll(serving).ConfigureAwait(false);
        _arrived.Writer.Complete();
    }

    /// <summary>Before the first question is answered: what was left by a receiver that died is settled by action.</summary>
    private void Recover()
    {
        try
        {
            foreach ((Guid migrationId, Transport.Messages.MigrationState state) in _ledger.Recover())
            {
                _logger.MigrationRecovered(migrationId, state);
            }
        }
        catch (IOException e)
        {
            // It is tried again when its source asks.
            _logger.UndoFailed(e, "what an earlier receiver left");
        }

        ArrivalGroup.RemoveEmpty();
    }

    private static void CreateWorkDirectory(string directory)
    {
        try
        {
            PrivateDirectory.Create(directory);
        }
        catch (Exception e) when (e is not OpenDirectoryException and (IOException or UnauthorizedAccessException))
        {
            throw new IOException($"{nameof(MigrationReceiverOptions.WorkDirectory)} '{directory}' cannot be created ({e.Message.TrimEnd('.')}). Name another one, best on a tmpfs.", e);
        }
    }

    private async Task LogProblemsAsync()
    {
        try
        {
            foreach (string problem in await CheckAsync(_stop.Token).ConfigureAwait(false))
            {
                _logger.CannotReceive(problem);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed in the meantime.
        }
    }

    private async Task RecoverNetworkAsync()
    {
        try
        {
            if (_options.Network is { } network)
            {
                await network.RecoverAsync(_ledger.RunsHere, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _logger.UndoFailed(e, "what an earlier receiver left of the network handover");
        }
    }

    private async Task ServeAsync(MigrationConnection connection, ConnectionPlace place)
    {
        var incoming = new IncomingConnection(connection, place, _options, _ledger, _secrets, _admission, ArrivalHost.Instance, _loggers);
        using (place)
        {
            await using (connection.ConfigureAwait(false))
            {
                if (await incoming.ServeAsync(_stop.Token).ConfigureAwait(false) is { } container)
                {
                    _arrived.Writer.TryWrite(container);
                }
            }
        }

        await incoming.WaitForAnnouncementAsync(_stop.Token).ConfigureAwait(false);
    }
}
