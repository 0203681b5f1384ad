using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace U2CMigration.Transport.Connections;

/// <summary>Takes connections over TCP. Greetings continue side by side, so many of each address, and a stranger who connects and says nothing is soon sent away: no one holds others up.</summary>
public sealed class MigrationListener : IAsyncDisposable
{
    private const int MaxGreetings = 256;
    private const int MaxGreetingsOfOneAddress = 16;
    private const int SocketLevel = 1;
    private const int ReuseAddress = 2;

    private readonly Socket _socket;
    private readonly ConnectionRole _role;
    private readonly MigrationConnectionOptions _options;
    private readonly ILoggerFactory? _loggerFactory;
    private readonly ILogger _logger;
    private readonly Channel<MigrationConnection> _ready = Channel.CreateBounded<MigrationConnection>(MaxGreetings);
    private readonly SemaphoreSlim _greetings = new(MaxGreetings, MaxGreetings);
    private readonly Dictionary<IPAddress, int> _greetingsOf = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;
    private int _isDisposed;

    private MigrationListener(Socket socket, ConnectionRole role, MigrationConnectionOptions options, ILoggerFactory? loggerFactory)
    {
        _socket = socket;
        _role = role;
        _options = options;
        _loggerFactory = loggerFactory;
        _logger = (ILogger?)loggerFactory?.CreateLogger(Log.Category) ?? NullLogger.Instance;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
        Log.Listening(_logger, LocalEndPoint, options.ServerTls is not null);
        _accepting = AcceptAllAsync();
    }

    /// <summary>The address listened on, with the port that was chosen if 0 was asked for.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Begins to listen.</summary>
    /// <param name="endPoint">The address and port; port 0 for any.</param>
    /// <param name="role">Which end the connections are here.</param>
    /// <param name="options">How connections are opened and kept.</param>
    /// <param name="loggerFactory">Where logs go; null for none.</param>
    /// <exception cref="TransportException">The address cannot be listened on.</exception>
    public static MigrationListener Listen(IPEndPoint endPoint, ConnectionRole role, MigrationConnectionOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Not SocketOptionName.ReuseAddress, which also lets another process listen on the same port and take half of the connections.
            socket.SetRawSocketOption(SocketLevel, ReuseAddress, BitConverter.GetBytes(1));
            socket.Bind(endPoint);
            socket.Listen(MaxGreetings);
            return new MigrationListener(socket, role, options, loggerFactory);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new TransportException($"Cannot listen on {endPoint}: {e.Message}. Choose another port or address.", endPoint.ToString(), 0, isTransient: false, e);
        }
    }

    /// <summary>Waits for the next connection whose greeting was right. Others are closed and logged.</summary>
    /// <param name="cancellationToken">Ends the waiting; connections keep arriving for the next call.</param>
    /// <exception cref="ObjectDisposedException">The listener is disposed.</exception>
    public async Task<MigrationConnection> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _ready.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(MigrationListener));
        }
    }

    /// <summary>Stops listening and closes the connections that no one accepted.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _accepting.ConfigureAwait(false);
        while (_ready.Reader.TryRead(out MigrationConnection? connection))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        _closing.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        HashSet<Task> greeting = [];
        try
        {
            while (true)
            {
                await _greetings.WaitAsync(_closing.Token).ConfigureAwait(false);
                greeting.RemoveWhere(static task => task.IsCompleted);
                Socket socket = await NextSocketAsync().ConfigureAwait(false);
                IPAddress address = AddressOf(socket);
                if (TryEnter(address))
                {
                    greeting.Add(GreetAsync(socket, address));
                }
                else
                {
                    Log.TooManyGreetings(_logger, address, MaxGreetingsOfOneAddress);
                    socket.Dispose();
                    _greetings.Release();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(greeting).ConfigureAwait(false);
        _ready.Writer.Complete();
    }

    private async Task<Socket> NextSocketAsync()
    {
        while (true)
        {
            try
            {
                return await _socket.AcceptAsync(_closing.Token).ConfigureAwait(false);
            }
            catch (SocketException e) when (!_closing.IsCancellationRequested)
            {
                // A peer that reset at once, or no free descriptor: neither is a reason to stop listening, both come back at once without a pause.
                Log.AcceptFailed(_logger, e);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _options.TimeProvider, _closing.Token).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                throw new OperationCanceledException("The listener was closed.", e);
            }
        }
    }

    private static IPAddress AddressOf(Socket socket)
    {
        try
        {
            return (socket.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        }
        catch (SocketException)
        {
            // Gone already.
            return IPAddress.None;
        }
    }

    private bool TryEnter(IPAddress address)
    {
        lock (_greetingsOf)
        {
            int open = _greetingsOf.GetValueOrDefault(address);
            if (open < MaxGreetingsOfOneAddress)
            {
                _greetingsOf[address] = open + 1;
                return true;
            }

            return false;
        }
    }

    private void Leave(IPAddress address)
    {
        lock (_greetingsOf)
        {
            if (--_greetingsOf[address] == 0)
            {
                _greetingsOf.Remove(address);
            }
        }
    }

    private async Task GreetAsync(Socket socket, IPAddress address)
    {
        string peer = "an unknown peer";
        MigrationConnection? connection = null;
        try
        {
            peer = socket.RemoteEndPoint?.ToString() ?? peer;
            connection = await MigrationConnection.AcceptAsync(socket, _role, peer, _options, _loggerFactory, _closing.Token).ConfigureAwait(false);
            await _ready.Writer.WriteAsync(connection, _closing.Token).ConfigureAwait(false);
            connection = null;
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // Whatever a stranger or a bad certificate brings about concerns this connection only; the next peer must be heard.
            Log.GreetingFailed(_logger, peer, e);
        }
        finally
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            Leave(address);
            _greetings.Release();
        }
    }
}
