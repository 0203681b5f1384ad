using System.Net;
using System.Net.Sockets;

namespace U2CMigration.Disturbance;

/// <summary>A link between source and destination that does what its standard input says, so that a test can fail a migration at one exact message.</summary>
/// <remarks>
/// Says <c>ready</c>, <c>holding MESSAGE</c> when the hold point is reached, and <c>done</c> after each command: <c>pass</c> lets what is held go on,
/// <c>cut</c> closes all connections, <c>down</c> does so and refuses new ones, <c>up</c> takes them again.
/// </remarks>
internal sealed class FaultyLink : IDisposable
{
    // Small, so that a source notices soon that nothing is taken any more.
    private const int BufferBytes = 1 << 16;

    private readonly int _port;
    private readonly IPEndPoint _destination;
    private readonly HoldPoint _holdPoint;
    private readonly List<LinkedPair> _pairs = [];
    private TcpListener _listener;

    public FaultyLink(int port, IPEndPoint destination, HoldPoint holdPoint)
    {
        (_port, _destination, _holdPoint) = (port, destination, holdPoint);
        _listener = Listen();
    }

    public async Task ObeyAsync(TextReader commands)
    {
        await Console.Out.WriteLineAsync("ready");
        while (await commands.ReadLineAsync() is { } command)
        {
            switch (command)
            {
                case "pass":
                    _holdPoint.Pass();
                    break;
                case "cut":
                    Cut();
                    break;
                case "down":
                    _listener.Stop();
                    Cut();
                    break;
                case "up":
                    _listener = Listen();
                    break;
                default:
                    throw new ArgumentException($"Does not know '{command}'.");
            }

            await Console.Out.WriteLineAsync("done");
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (LinkedPair pair in _pairs)
        {
            pair.Dispose();
        }
    }

    private TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Any, _port);
        listener.Server.ReceiveBufferSize = BufferBytes;
        listener.Start();
        _ = AcceptAsync(listener);
        return listener;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                TcpClient source = await listener.AcceptTcpClientAsync();
                source.NoDelay = true;
                var pair = new LinkedPair(source, _destination, _holdPoint);
                lock (_pairs)
                {
                    _pairs.Add(pair);
                }

                _ = pair.RunAsync();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private void Cut()
    {
        lock (_pairs)
        {
            foreach (LinkedPair pair in _pairs)
            {
                pair.Cut();
            }
        }
    }
}
