using MigrationEvents;
using MigrationEvents.Views;
using Spectre.Console;

namespace MigrationAgent.Output;

/// <summary>Tables and sentences for people.</summary>
public sealed class ConsoleOutput(IAnsiConsole console) : IAgentOutput
{
    private IProgressView? _view;

    public void Progress(ProgressEvent progress)
    {
        _view ??= ProgressView.For(console);
        _view.Report(progress);
    }

    public async ValueTask WriteAsync(AgentEvent agentEvent)
    {
        // The live table has to stand still before anything is written below it.
        await DisposeAsync();
        switch (agentEvent)
        {
            case ReadyEvent ready:
                console.WriteLine($"listening on {ready.Endpoint}");
                break;
            case ResultEvent result:
                console.Write(ResultTable.Of(result));
                foreach (string warning in result.Warnings)
                {
                    console.MarkupLineInterpolated($"[yellow]note: {warning}[/]");
                }

                break;
            case ArrivedEvent arrived:
                console.WriteLine($"process {arrived.ProcessId} arrived and runs here ({arrived.RestoreMode})");
                foreach (string warning in arrived.Warnings)
                {
                    console.MarkupLineInterpolated($"[yellow]note: {warning}[/]");
                }

                break;
            case InterruptedEvent interrupted:
                console.WriteLine($"{interrupted.MigrationId}: process {interrupted.ProcessId} {(interrupted.IsOriginalThere ? "is frozen" : "is gone")}; it was to go to {interrupted.Destination}");
                break;
            case SettledEvent settled:
                console.WriteLine($"{settled.MigrationId} is settled: {settled.Settlement}");
                break;
            case DirtyRateEvent rate:
                console.WriteLine($"{Figures.Bytes(rate.BytesPerSecond)} per second dirtied, {Figures.Bytes(rate.ResidentBytes)} resident");
                break;
            case CheckEvent check:
                foreach (string line in CheckText.Lines(check))
                {
                    console.WriteLine(line);
                }

                break;
            case ContainerEvent container:
                console.WriteLine($"{container.Runtime}:{container.Name} {container.Status}: {(container.CanMove ? "can be moved" : string.Join(' ', container.Problems))}");
                break;
            case ErrorEvent error:
                console.MarkupLineInterpolated($"[red]{error.Message}[/]");
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_view is { } view)
        {
            _view = null;
            await view.DisposeAsync();
        }
    }
}
