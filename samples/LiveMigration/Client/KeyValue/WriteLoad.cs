using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using KeyValueProtocols;

namespace LiveMigration.Client.KeyValue;

/// <summary>
/// Writes to a key-value server at a rate: each operation stores a new value under a random key and adds one to the counter.
/// </summary>
public sealed class WriteLoad : Load
{
    private const int RequestsPerOperation = 2;
    private const int LongestRequest = Value.Length + IKeyValueProtocol.MostOverhead;
    private readonly IKeyValueProtocol _protocol;
    private readonly WriteLedger _ledger;
    private readonly PendingWrites _pending;
    private readonly Pace _pace;
    private readonly Random _random = new(1);
    private readonly byte[] _requests;
    private readonly byte[] _value = new byte[Value.Length];
    private bool _storeAnswered;

    /// <param name="protocol">How the server is spoken to.</param>
    /// <param name="server">Where it listens.</param>
    /// <param name="keys">How many keys it holds, numbered from 0.</param>
    /// <param name="perSecond">Operations per second; 0 for as many as possible.</param>
    public WriteLoad(IKeyValueProtocol protocol, IPEndPoint server, int keys, double perSecond)
        : base(server)
    {
        _protocol = protocol;
        Greeting.Exchange(protocol, Connection);
        _ledger = new WriteLedger(keys);
        // Room for 50 ms of operations, so that a short hesitation of the server does not slow the client down.
        _pending = new PendingWrites(perSecond > 0 ? (int)Math.Clamp(perSecond / 20, 16, 4096) : 64);
        _pace = new Pace(perSecond);
        _requests = new byte[_pending.Room * RequestsPerOperation * LongestRequest];
    }

    public override long Acknowledged => _ledger.Acknowledged;

    public override bool Unanswered => _pending.Count > 0;

    public override void Begin()
    {
        _pace.Begin();
        base.Begin();
    }

    protected override void SendDue()
    {
        int due = _pace.Due(Stopwatch.GetTimestamp(), _pending.Room);
        int length = 0;
        long now = Stopwatch.GetTimestamp();
        for (int i = 0; i < due; i++)
        {
            int key = _random.Next(_ledger.Keys);
            uint sequence = _ledger.Next(key);
            Value.Write(_value, key, sequence);
            length += _protocol.Store(_requests.AsSpan(length), key, _value);
            length += _protocol.Increment(_requests.AsSpan(length));
            _pending.Add(new PendingWrite(key, sequence, now));
        }

        Connection.Send(_requests.AsSpan(0, length));
    }

    protected override void TakeReplies(long now)
    {
        while (_protocol.TryTake(Connection.Replies.Unread, out Reply reply))
        {
            Connection.Replies.Take(reply.Length);
            if (_pending.Count == 0)
            {
                Wrong(reply);
            }
            else if (!_storeAnswered)
            {
                _storeAnswered = true;
                if (reply.Kind != ReplyKind.Stored)
                {
                    Wrong(reply);
                }
            }
            else
            {
                _storeAnswered = false;
                PendingWrite write = _pending.Take();
                Log.Answered(write.SentTimestamp, now, 1);
                _ledger.Acknowledge(write.Key, write.Sequence);
                if (reply.Kind != ReplyKind.Number || !long.TryParse(reply.Content, NumberStyles.None, CultureInfo.InvariantCulture, out long counter) || counter != Acknowledged)
                {
                    Wrong(reply);
                }
            }
        }
    }

    protected override DataCheck CheckData(ServerConnection connection)
    {
        if (connection != Connection)
        {
            Greeting.Exchange(_protocol, connection);
        }

        return new ReadBack(_protocol, connection).Run(_ledger);
    }

    private void Wrong(Reply reply) => Wrong($"{reply.Kind} {Encoding.ASCII.GetString(reply.Content)}");
}
