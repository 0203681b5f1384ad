using MigrationEvents;
using MigrationEvents.Views;
using Spectre.Console;

namespace MigrationAgent.Output;

/// <summary>The result of a migration as a table.</summary>
public static class ResultTable
{
    public static Table Of(ResultEvent result)
    {
        DowntimeEvent parts = result.Downtime;
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("").AddColumn(new TableColumn("").RightAligned()).AddColumn("").Title("moved");
        table.AddRow("downtime", Figures.Milliseconds(result.DowntimeMs), $"dump {parts.DumpMs:N0}, images {parts.ImageTransferMs:N0}, check {parts.CheckMs:N0}, restore {parts.RestoreMs:N0}, resume {parts.ResumeMs:N0} ms");
        table.AddRow("duration", Figures.Milliseconds(result.DurationMs), $"{result.Rounds.Count} rounds, strategy {result.Strategy}, tracker {result.Tracker}");
        table.AddRow("memory", Figures.Bytes(result.MemoryBytes), "");
        table.AddRow("sent", Figures.Bytes(result.WireBytes), $"{Figures.Bytes(result.RawBytes)} of pages");
        if (result.PagesVerified is { } verified)
        {
            table.AddRow("verified", Figures.Count(verified), $"pages, {Figures.Count(result.PagesMismatched ?? 0)} of them wrong");
        }

        if (result.Files is { } files)
        {
            table.AddRow("files", Figures.Bytes(files.Bytes), $"{Figures.Count(files.Entries)} entries in {files.Rounds} rounds, {Figures.Bytes(files.FrozenBytes)} and {Figures.Milliseconds(files.FrozenMs)} of them in the freeze");
        }

        if (result.Fill is { } fill)
        {
            table.AddRow("fill", Figures.Milliseconds(fill.DurationMs), $"{Figures.Count(fill.FirstTouches)} first touches waited, {Figures.Milliseconds(fill.LongestTouchMs)} at most");
        }

        return table;
    }
}
