using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LiveMigration.Client;

/// <summary>
/// Uses the workload over one connection that stays open, and checks every reply. Not thread-safe: one thread does everything.
/// </summary>
public abstract class Load(IPEndPoint server) : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private long _lastReply;

    public ReplyLog Log { get; } = new();

    /// <summary>Work that the workload has confirmed.</summary>
    public abstract long Acknowledged { get; }

    /// <summary>What went wrong with the connection; null while it works.</summary>
    public string? Broken { get; private set; }

    /// <summary>Replies that were not the expected ones.</summary>
    public long WrongReplies { get; private set; }

    public string? FirstWrongReply { get; private set; }

    /// <summary>Whether replies are awaited.</summary>
    public abstract bool Unanswered { get; }

    protected ServerConnection Connection { get; } = new(server);

    /// <summary>Starts the clocks; what went before does not count as silence.</summary>
    public virtual void Begin()
    {
        Log.Begin();
        _lastReply = Stopwatch.GetTimestamp();
    }

    /// <summary>Sends what is due, then takes the replies that come within a millisecond.</summary>
    public void Step(bool send)
    {
        if (Broken is not null)
        {
            Thread.Sleep(Tick);
            return;
        }

        try
        {
            if (send)
            {
                SendDue();
            }

            if (Connection.Receive(Tick))
            {
                _lastReply = Stopwatch.GetTimestamp();
                Log.Arrived(_lastReply);
                TakeReplies(_lastReply);
            }
            else if (Unanswered && Stopwatch.GetElapsedTime(_lastReply) > ServerConnection.Patience)
            {
                Broken = $"No reply for {ServerConnection.Patience.TotalSeconds:F0} s.";
            }
        }
        catch (Exception e) when (e is IOException or SocketException or InvalidDataException)
        {
            Broken = e.Message;
        }
    }

    /// <summary>Looks at all data, over the same connection, or over a new one if it broke. No reply may be awaited.</summary>
    /// <exception cref="IOException">The workload does not answer.</exception>
    /// <exception cref="InvalidDataException">It answers otherwise.</exception>
    public DataCheck CheckData()
    {
        if (Broken is null)
        {
            return CheckData(Connection);
        }

        using var fresh = new ServerConnection(server);
        return CheckData(fresh);
    }

    public void Dispose()
    {
        Connection.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract void SendDue();

    /// <summary>Takes the whole replies that are in the buffer of the connection.</summary>
    protected abstract void TakeReplies(long now);

    protected abstract DataCheck CheckData(ServerConnection connection);

    /// <summary>Notes a reply that was not the expected one.</summary>
    protected void Wrong(string reply)
    {
        WrongReplies++;
        FirstWrongReply ??= $"{reply} after {Acknowledged} operations";
    }
}
