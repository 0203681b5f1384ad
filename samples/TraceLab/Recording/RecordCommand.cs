using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using TraceLab.Showing;
using TraceLab.Workloads;
using U2CMigration.PageTracking;
using U2CMigration.Prediction.Traces;

namespace TraceLab.Recording;

/// <summary><c>record</c>: samples a process, or a workload that it starts, into a file.</summary>
internal static class RecordCommand
{
    internal static Command Create()
    {
        var options = new RecordOptions();
        var command = new Command("record", $"Records which pages a process tree writes. Needs root. Workloads: {string.Join(", ", WorkloadCatalogue.All.Select(static w => w.Name))}.")
        {
            options.ProcessId, options.Workload, options.Load, options.MemoryMebibytes, options.IntervalMilliseconds, options.Samples,
            options.WarmUpMilliseconds, options.Family, options.Description, options.Out,
        };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => Run(options, parsed, cancellationToken), cancellationToken));
        return command;
    }

    private static int Run(RecordOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            PageTrace trace = parsed.GetValue(options.ProcessId) is { } processId
                ? RecordProcess(processId, options, parsed, cancellationToken)
                : RecordWorkload(options, parsed, cancellationToken);
            string path = parsed.GetValue(options.Out)!.FullName;
            TraceWriter.Write(trace, path);
            AnsiConsole.MarkupLineInterpolated($"{Path.GetFileName(path)}: {new FileInfo(path).Length / 1024} KiB");
            SummaryTable.Write(TraceSummary.Of(trace));
            return 0;
        }
        catch (Exception e) when (e is ArgumentException or IOException or PageTrackingException or System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    private static PageTrace RecordProcess(int processId, RecordOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        TraceHeader header = Header(options, parsed, parsed.GetValue(options.Family)!, File.ReadAllText($"/proc/{processId}/comm").Trim(), "unknown", "");
        return TraceRecorder.Record(processId, null, header, parsed.GetValue(options.Samples), Progress(options, parsed), cancellationToken);
    }

    private static PageTrace RecordWorkload(RecordOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        KnownWorkload known = WorkloadCatalogue.Find(parsed.GetValue(options.Workload) ?? throw new ArgumentException("Give --pid or --workload."));
        string load = parsed.GetValue(options.Load)!;
        using IWorkload workload = known.Start(parsed.GetValue(options.MemoryMebibytes), known.RateOf(load));
        cancellationToken.WaitHandle.WaitOne(parsed.GetValue(options.WarmUpMilliseconds));
        TraceHeader header = Header(options, parsed, known.Family, known.Pattern, load, workload.Command);
        long? before = workload.Done;
        TimeSpan busyBefore = ProcessorTime(workload.ProcessId);
        PageTrace trace = TraceRecorder.Record(workload.ProcessId, workload, header, parsed.GetValue(options.Samples), Progress(options, parsed), cancellationToken);
        double seconds = trace.Samples.Sum(static s => s.Interval.TotalSeconds);
        double busy = (ProcessorTime(workload.ProcessId) - busyBefore).TotalSeconds / seconds;
        return trace with { Header = WithAchieved(trace.Header, busy, (workload.Done - before) / seconds) };
    }

    /// <summary>How busy the program was while it was recorded, and how fast its client: what a saturating load came to.</summary>
    private static TraceHeader WithAchieved(TraceHeader header, double busy, double? perSecond)
    {
        string operations = perSecond is { } rate ? string.Create(CultureInfo.InvariantCulture, $", {rate:N0} operations/s") : "";
        return header with { Description = string.Create(CultureInfo.InvariantCulture, $"{header.Description} While recorded: {busy * 100:N0} % of a processor{operations}.").Trim() };
    }

    private static TimeSpan ProcessorTime(int processId)
    {
        using Process process = Process.GetProcessById(processId);
        return process.TotalProcessorTime;
    }

    private static TraceHeader Header(RecordOptions options, ParseResult parsed, string family, string workload, string load, string command) => new()
    {
        Family = family,
        Workload = workload,
        Load = load,
        Interval = TimeSpan.FromMilliseconds(parsed.GetValue(options.IntervalMilliseconds)),
        RecordedAt = default,
        Kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        Tracker = "",
        Description = parsed.GetValue(options.Description)!,
        Command = command,
    };

    private static Progress<int> Progress(RecordOptions options, ParseResult parsed)
    {
        int count = parsed.GetValue(options.Samples);
        return new Progress<int>(taken =>
        {
            if (!Console.IsErrorRedirected)
            {
                Console.Error.Write($"\r{taken}/{count} samples ");
            }
        });
    }
}
