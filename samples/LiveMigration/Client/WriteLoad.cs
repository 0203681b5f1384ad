using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace LiveMigration.Client;

/// <summary>
/// Writes to the server over one connection, at a rate, and checks every reply: each operation is a SET of a random key and an INCR of the counter.
/// Not thread-safe: one thread does everything.
/// </summary>
public sealed class WriteLoad : IDisposable
{
    private const int CommandsPerOperation = 2;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private readonly RedisConnection _connection;
    private readonly WriteLedger _ledger;
    private readonly PendingWrites _pending;
    private readonly Pace _pace;
    private readonly Random _random = new(1);
    private readonly byte[] _commands;
    private bool _setAnswered;
    private long _lastReply;

    public WriteLoad(IPEndPoint server, int keys, double perSecond)
    {
        _connection = new RedisConnection(server);
        _ledger = new WriteLedger(keys);
        // Room for 50 ms of operations, so that a short hesitation of the server does not slow the client down.
        _pending = new PendingWrites(perSecond > 0 ? (int)Math.Clamp(perSecond / 20, 16, 4096) : 64);
        _pace = new Pace(perSecond);
        _commands = new byte[_pending.Room * CommandsPerOperation * RedisCommands.Longest];
    }

    public ReplyLog Log { get; } = new();

    public WriteLedger Ledger => _ledger;

    /// <summary>What went wrong with the connection; null while it works.</summary>
    public string? Broken { get; private set; }

    /// <summary>Replies that were not the expected ones.</summary>
    public long WrongReplies { get; private set; }

    public string? FirstWrongReply { get; private set; }

    public bool Unanswered => _pending.Count > 0;

    /// <summary>Starts the clocks; what went before does not count as silence.</summary>
    public void Begin()
    {
        _pace.Begin();
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

            if (_connection.Receive(Tick))
            {
                TakeReplies();
            }
            else if (Unanswered && Stopwatch.GetElapsedTime(_lastReply) > RedisConnection.Patience)
            {
                Broken = $"No reply for {RedisConnection.Patience.TotalSeconds:F0} s.";
            }
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or InvalidDataException)
        {
            Broken = e.Message;
        }
    }

    /// <summary>Reads everything back that was written, over the same connection, or over a new one if it broke.</summary>
    /// <exception cref="IOException">It can not be read back.</exception>
    public ReadBack ReadBack(IPEndPoint server)
    {
        if (Broken is null)
        {
            return Client.ReadBack.Run(_connection, _ledger);
        }

        using var fresh = new RedisConnection(server);
        return Client.ReadBack.Run(fresh, _ledger);
    }

    public void Dispose() => _connection.Dispose();

    private void SendDue()
    {
        int due = _pace.Due(Stopwatch.GetTimestamp(), _pending.Room);
        int length = 0;
        long now = Stopwatch.GetTimestamp();
        for (int i = 0; i < due; i++)
        {
            int key = _random.Next(_ledger.Keys);
            uint sequence = _ledger.Next(key);
            length += RedisCommands.Set(_commands.AsSpan(length), key, sequence);
            length += RedisCommands.Increment(_commands.AsSpan(length));
            _pending.Add(new PendingWrite(key, sequence, now));
        }

        _connection.Send(_commands.AsSpan(0, length));
    }

    private void TakeReplies()
    {
        long now = Stopwatch.GetTimestamp();
        _lastReply = now;
        Log.Arrived(now);
        while (_connection.Replies.TryTake(out char type, out ReadOnlySpan<byte> content))
        {
            if (_pending.Count == 0)
            {
                Wrong(type, content);
            }
            else if (!_setAnswered)
            {
                _setAnswered = true;
                if (type != '+' || !content.SequenceEqual("OK"u8))
                {
                    Wrong(type, content);
                }
            }
            else
            {
                _setAnswered = false;
                PendingWrite write = _pending.Take();
                Log.Answered(write.SentTimestamp, now);
                _ledger.Acknowledge(write.Key, write.Sequence);
                if (type != ':' || !long.TryParse(content, NumberStyles.None, CultureInfo.InvariantCulture, out long counter) || counter != _ledger.Acknowledged)
                {
                    Wrong(type, content);
                }
            }
        }
    }

    private void Wrong(char type, ReadOnlySpan<byte> content)
    {
        WrongReplies++;
        FirstWrongReply ??= $"{type}{System.Text.Encoding.ASCII.GetString(content)} after {_ledger.Acknowledged} acknowledged writes";
    }
}
