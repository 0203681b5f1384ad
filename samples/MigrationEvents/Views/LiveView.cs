using System.Threading.Channels;
using Spectre.Console;

namespace MigrationEvents.Views;

/// <summary>A table with one bar per round that is redrawn in place.</summary>
public sealed class LiveView : IProgressView
{
    private const int BarWidth = 30;
    private const int RowsShown = 16;
    private readonly Channel<ProgressEvent> _events = Channel.CreateUnbounded<ProgressEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RoundHistory _history = new();
    private readonly Task _drawing;

    public LiveView(IAnsiConsole console) => _drawing = Task.Run(() => console.Live(Render()).StartAsync(DrawAsync));

    public void Report(ProgressEvent progress) => _events.Writer.TryWrite(progress);

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _drawing;
    }

    private async Task DrawAsync(LiveDisplayContext context)
    {
        while (await _events.Reader.WaitToReadAsync())
        {
            while (_events.Reader.TryRead(out ProgressEvent? progress))
            {
                _history.Add(progress);
            }

            context.UpdateTarget(Render());
        }
    }

    private Table Render()
    {
        Table table = new Table().Border(TableBorder.Rounded)
            .AddColumn("round").AddColumn("pages sent").AddColumn(new TableColumn("of").RightAligned()).AddColumn(new TableColumn("wire").RightAligned())
            .AddColumn(new TableColumn("rate").RightAligned()).AddColumn(new TableColumn("downtime if stopped now").RightAligned())
            .Caption($"{_history.Phase}  {Figures.Milliseconds(_history.ElapsedMs)}");
        foreach (RoundState round in _history.Rounds.Skip(Math.Max(0, _history.Rounds.Count - RowsShown)))
        {
            bool done = round != _history.Rounds[^1] || _history.Phase is not ("PreCopy" or "StopAndCopy");
            table.AddRow(
                new Text(round.Frozen ? "last" : $"{round.Index}"),
                Bar(round, done),
                new Text(Figures.Count(round.Pages)),
                new Text(Figures.Bytes(round.WireBytes)),
                new Text(Figures.Rate(round.BytesPerSecond)),
                new Text(round is { Frozen: false, ExpectedDowntimeMs: { } expected } ? Figures.Milliseconds(expected) : ""));
        }

        return table;
    }

    private static Markup Bar(RoundState round, bool done)
    {
        double share = round.Pages == 0 ? 1 : Math.Clamp((double)round.PagesSent / round.Pages, 0, 1);
        int filled = (int)(share * BarWidth);
        string colour = round.Frozen ? "red" : done ? "green" : "yellow";
        return new Markup($"[{colour}]{new string('━', filled)}[/][grey]{new string('─', BarWidth - filled)}[/] {Figures.Count(round.PagesSent)}");
    }
}
