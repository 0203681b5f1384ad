using MigrationEvents;
using MigrationEvents.Views;
using Spectre.Console;

namespace MigrationReport;

/// <summary>A report as people read it.</summary>
public static class ReportTable
{
    public static void Write(IAnsiConsole console, RunReport run)
    {
        string route = run.From.Length > 0 ? $" {run.From} -> {run.To}" : "";
        if (run.Rounds.Count > 0)
        {
            console.Write(Rounds(run));
        }

        console.Write(Summary(run).Title($"[bold]{Markup.Escape($"{run.Workload}{route}, {run.Strategy}, {run.Tracker}")}[/]"));
        if (run.DowntimeParts is { } parts)
        {
            console.MarkupLineInterpolated($"[grey]downtime: {Parts(parts)}[/]");
        }

        foreach (string warning in run.Warnings)
        {
            console.MarkupLineInterpolated($"[yellow]note: {warning}[/]");
        }

        if (run.Error is not null)
        {
            console.MarkupLineInterpolated($"[red]{run.Error}[/]");
        }
    }

    public static void Write(IAnsiConsole console, IReadOnlyList<SummaryRow> rows)
    {
        Table table = new Table().Border(TableBorder.Rounded).Title("medians");
        foreach (string column in (ReadOnlySpan<string>)["workload", "link", "strategy", "runs", "not sound", "duration", "x", "downtime", "range", "worst / median", "x", "client gap", "wire", "lost", "mismatched", "loss"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (SummaryRow row in rows)
        {
            table.AddRow(
                $"{row.Workload} {row.MemoryMib}", Regime.Of(row).Link, row.Strategy, $"{row.Runs}", $"{row.FailedRuns}", Figures.Milliseconds(row.DurationMs), $"{row.DurationRatio:N2}",
                Figures.Milliseconds(row.DowntimeMs), string.Join("..", row.DowntimeRangeMs.Select(ms => $"{ms:N0}")), $"{row.DowntimeWorstRatio:N2}", $"{row.DowntimeRatio:N2}",
                Figures.Milliseconds(row.ClientGapMs), Figures.Bytes(row.WireBytes), Figures.Count(row.LostWrites), Figures.Count(row.PagesMismatched),
                Figures.Percent(row.ThroughputLossPercent));
        }

        console.Write(table);
    }

    private static Table Rounds(RunReport run)
    {
        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in (ReadOnlySpan<string>)["round", "start", "time", "dirty pages", "sent", "held back", "wire"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (RoundReport round in run.Rounds)
        {
            table.AddRow(
                $"{round.Index}", Figures.Milliseconds(round.StartMs), Figures.Milliseconds(round.DurationMs), Figures.Count(round.DirtyPages), Figures.Count(round.SentPages),
                Figures.Count(round.HeldPages), Figures.Bytes(round.WireBytes));
        }

        return table;
    }

    private static Table Summary(RunReport run)
    {
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned()).AddColumn("");
        bool completed = run.Outcome == RunReport.Completed;
        table.AddRow("outcome", Verdict(run.Outcome, completed), "");
        if (completed)
        {
            AddCosts(table, run);
        }

        table.AddRow("connection survived", Verdict(run.ConnectionSurvived ? "yes" : "no", run.ConnectionSurvived), "the same TCP connection before and after");
        table.AddRow("lost writes", Verdict(run.LostWrites is { } lost ? Figures.Count(lost) : "not known", run.LostWrites == 0), "acknowledged, but missing afterwards");
        table.AddRow("kernel, CRIU", "", Markup.Escape($"{run.Kernel}, {run.CriuVersion}"));
        return table;
    }

    private static void AddCosts(Table table, RunReport run)
    {
        table.AddRow("downtime", $"[bold]{Figures.Milliseconds(run.DowntimeMs)}[/]", "freeze on the source -> resume on the destination");
        if (run.FloorMs > 0)
        {
            table.AddRow("floor", Figures.Milliseconds(run.FloorMs), "downtime of a process of 1 MB moved by CRIU alone between the same hosts");
        }

        table.AddRow("client gap", $"[bold]{Figures.Milliseconds(run.ClientGapMs)}[/]", run.ClientWindows.Count > 0
            ? $"longest silence on the open connection; it ended {run.SilenceAfterResumeMs:N0} ms after the resume"
            : "the longest that one connection waited for one answer");
        table.AddRow("duration", Figures.Milliseconds(run.DurationMs), "attach -> source released");
        table.AddRow("memory", Figures.Bytes(run.MemoryBytes), run.BandwidthMbit > 0 ? $"over {run.BandwidthMbit:N0} Mbit/s" : "over an unlimited link");
        table.AddRow("sent", Figures.Bytes(run.WireBytes), $"{Figures.Bytes(run.RawBytes)} of pages");
        if (run.Codec is { } codec)
        {
            table.AddRow("codec", Figures.Milliseconds(codec.EncodingMs), Kinds(codec));
        }

        table.AddRow(
            "pages mismatched", run.PagesVerified == 0 ? "-" : Verdict(Figures.Count(run.PagesMismatched), run.PagesMismatched == 0),
            run.PagesVerified == 0 ? "not compared (--verify)" : $"of {Figures.Count(run.PagesVerified)} compared");
        if (run.ClientWindows.Count > 0)
        {
            table.AddRow("throughput loss", Figures.Percent(run.ThroughputLossPercent), "while pages were sent");
            table.AddRow("throughput after", Figures.Percent(run.ThroughputAfterPercent), "two seconds after the resume, 100 % is as before");
        }

        table.AddRow("fill", Figures.Milliseconds(run.FillMs), Fill(run.Fill));
    }

    private static string Kinds(CodecEvent codec) =>
        string.Join(", ", codec.Kinds.Select(static kind => $"{Figures.Count(kind.Value.Pages)} {kind.Key} in {Figures.Bytes(kind.Value.WireBytes)}"));

    private static string Fill(FillEvent? fill) => fill is null
        ? "resume -> every page installed"
        : $"resume -> every page installed; {Figures.Count(fill.PreinstalledPages)} before it, {Figures.Count(fill.FirstTouches)} first touches waited, {Figures.Milliseconds(fill.LongestTouchMs)} at most";

    private static string Verdict(string text, bool good) => good ? $"[green]{text}[/]" : $"[red]{text}[/]";

    private static string Parts(DowntimeEvent parts) =>
        $"freeze {parts.FreezeMs:N1}, dump and tail {parts.DumpAndTailMs:N1} (tail scan {parts.TailScanMs:N1}, tail send {parts.TailSendMs:N1}, dump {parts.DumpMs:N1}), page maps {parts.PageMapsMs:N1}, "
        + $"images {parts.ImageTransferMs:N1}, wait for the restore {parts.RestoreWaitMs:N1} (check {parts.CheckMs:N1}, restore {parts.RestoreMs:N1}), confirmation {parts.ConfirmationMs:N1}, "
        + $"commit {parts.CommitMs:N1} (resume {parts.ResumeMs:N1}) ms";
}
