using System.Diagnostics;
using System.Net;

namespace LiveMigration.Client.Worker;

/// <summary>
/// Asks a program of native/ every millisecond how far it is. The operations of the log are the units of work that it has done.
/// </summary>
public sealed class ProgressLoad : Load
{
    private static readonly long Interval = Stopwatch.Frequency / 1000;
    private readonly WorkerCommands _commands;
    private readonly long _begin;
    private long _seen;
    private long _checked;
    private long _sent;
    private long _due;

    public ProgressLoad(IPEndPoint server)
        : base(server)
    {
        _commands = new WorkerCommands(Connection);
        _begin = _seen = _checked = WorkerAnswer.Parse(_commands.Ask(WorkerCommands.Progress)).Operations;
    }

    public override long Acknowledged => _seen - _begin;

    public override bool Unanswered => _sent != 0;

    protected override void SendDue()
    {
        long now = Stopwatch.GetTimestamp();
        if (!Unanswered && now >= _due)
        {
            _sent = now;
            _due = now + Interval;
            _commands.Send(WorkerCommands.Progress);
        }
    }

    protected override void TakeReplies(long now)
    {
        while (_commands.TryTake(out string line))
        {
            WorkerAnswer answer = WorkerAnswer.Parse(line);
            if (Unanswered && answer.IsOk && answer.Operations >= _seen)
            {
                Log.Answered(_sent, now, answer.Operations - _seen);
                _seen = answer.Operations;
            }
            else
            {
                Wrong($"'{line}'");
            }

            _sent = 0;
        }
    }

    /// <summary>Lost is what it had done by its own account and no longer has; wrong data, or no work since the last look, counts as one.</summary>
    protected override DataCheck CheckData(ServerConnection connection)
    {
        string line = new WorkerCommands(connection).Ask(WorkerCommands.Check);
        WorkerAnswer answer = WorkerAnswer.Parse(line);
        if (!answer.IsOk || answer.Operations <= _checked)
        {
            Wrong($"'{line}'");
            return new DataCheck(answer.Pages, Math.Max(1, answer.IsOk ? _seen - answer.Operations : 1));
        }

        long lost = Math.Max(0, _seen - answer.Operations);
        _checked = _seen = answer.Operations;
        return new DataCheck(answer.Pages, lost);
    }
}
