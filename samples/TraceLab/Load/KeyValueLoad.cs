using System.Diagnostics;

namespace TraceLab.Load;

/// <summary>A client on a thread of its own that works at a rate, or as fast as it can.</summary>
public sealed class KeyValueLoad : IDisposable
{
    private const double MostLateSeconds = 0.05;
    private readonly KeyValueConnection _connection;
    private readonly Operations _operations;
    private readonly double _perSecond;
    private readonly Thread _thread;
    private volatile bool _stopping;
    private Exception? _failure;
    private int _version;

    /// <param name="connection">Belongs to the load from now on.</param>
    /// <param name="operations">What it does.</param>
    /// <param name="perSecond">How many a second; 0 for as many as possible.</param>
    public KeyValueLoad(KeyValueConnection connection, Operations operations, double perSecond)
    {
        _connection = connection;
        _operations = operations;
        _perSecond = perSecond;
        _thread = new Thread(Run) { IsBackground = true, Name = "load" };
        _thread.Start();
    }

    /// <summary>Operations answered so far.</summary>
    public long Done { get; private set; }

    /// <summary>Throws what has ended the client, if something has.</summary>
    public void ThrowIfBroken()
    {
        if (_failure is not null)
        {
            throw new IOException($"The client of the workload failed: {_failure.Message}", _failure);
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _connection.Dispose();
    }

    private void Run()
    {
        try
        {
            double credit = 0;
            long before = Stopwatch.GetTimestamp();
            while (!_stopping)
            {
                int due = KeyValueConnection.MostRequests;
                if (_perSecond > 0)
                {
                    long now = Stopwatch.GetTimestamp();
                    credit = Math.Min(credit + (Stopwatch.GetElapsedTime(before, now).TotalSeconds * _perSecond), Math.Max(1, _perSecond * MostLateSeconds));
                    before = now;
                    due = Math.Min((int)credit, due);
                    credit -= due;
                    if (due == 0)
                    {
                        Thread.Sleep(1);
                        continue;
                    }
                }

                Work(due);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or System.Net.Sockets.SocketException)
        {
            _failure = e;
        }
    }

    private void Work(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            (int key, bool writes) = _operations.Next();
            if (writes)
            {
                _connection.Store(key, ++_version);
            }
            else
            {
                _connection.Read(key);
            }
        }

        _connection.Exchange();
        Done += operations;
    }
}
