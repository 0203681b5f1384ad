using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LiveMigration.Tests.Client;

/// <summary>A server of one connection on the loopback interface. Each line that comes in is answered by what the function returns.</summary>
internal sealed class FakeServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Thread _thread;

    /// <param name="answer">Gets a line without its end and the stream to read more from; returns the bytes to send.</param>
    internal FakeServer(Func<string, TextReader, string> answer)
    {
        _listener.Start();
        _thread = new Thread(() => Serve(answer)) { IsBackground = true };
        _thread.Start();
    }

    internal IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    public void Dispose()
    {
        _listener.Stop();
        _thread.Join();
    }

    private void Serve(Func<string, TextReader, string> answer)
    {
        try
        {
            using TcpClient client = _listener.AcceptTcpClient();
            client.NoDelay = true;
            // Latin 1: every byte is a character, so that values of any bytes pass through.
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            while (reader.ReadLine() is { } line)
            {
                client.GetStream().Write(Encoding.Latin1.GetBytes(answer(line, reader)));
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The client has gone, or never came.
        }
    }
}
