using System.CommandLine;
using System.Diagnostics;
using MigrationAgent.Output;
using MigrationEvents;
using U2CMigration.PageTracking;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;

namespace MigrationAgent;

/// <summary><c>dirty-rate</c>: measures how fast a process tree writes new pages, to judge what link it needs.</summary>
public static class DirtyRateCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var processId = new Option<int>("--pid") { Description = "The root of the process tree.", Required = true };
        var seconds = new Option<int>("--seconds") { Description = "How long to look, in intervals of one second.", DefaultValueFactory = _ => 3 };
        Option<TrackerKind> tracker = TrackerOption.Create();
        var jsonLines = new Option<bool>("--json-lines") { Description = "Print one line of JSON." };
        var command = new Command("dirty-rate", "Measures how fast a process tree writes new pages, without moving it.") { processId, seconds, tracker, jsonLines };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using IAgentOutput output = AgentOutput.Create(parsed.GetValue(jsonLines));
            try
            {
                await output.WriteAsync(await MeasureAsync(parsed.GetValue(tracker), parsed.GetValue(processId), Math.Max(1, parsed.GetValue(seconds)), cancellationToken));
                return ExitCode.Moved;
            }
            catch (PageTrackingException e)
            {
                await output.WriteAsync(new ErrorEvent { Message = e.Message, Workload = "Running", IsTransient = false, Phase = "Created" });
                return ExitCode.Refused;
            }
        });
        return command;
    }

    private static async Task<DirtyRateEvent> MeasureAsync(TrackerKind kind, int processId, int intervals, CancellationToken cancellationToken)
    {
        using IPageTracker tracker = PageTrackers.Create(kind, processId);
        var pages = new PageSet();
        tracker.Collect(pages, cancellationToken);
        long resident = pages.PageCount;
        long dirty = 0;
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < intervals; i++)
        {
            await Task.Delay(Interval, cancellationToken);
            pages.Clear();
            tracker.Collect(pages, cancellationToken);
            dirty += pages.PageCount;
        }

        return new DirtyRateEvent(dirty * PageSize.Bytes / Stopwatch.GetElapsedTime(begin).TotalSeconds, resident * PageSize.Bytes);
    }
}
