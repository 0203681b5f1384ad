using System.Globalization;
using Spectre.Console;

namespace TraceLab.Showing;

/// <summary>Shows the figures of a trace.</summary>
internal static class SummaryTable
{
    internal static void Write(TraceSummary summary)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("", "");
        table.HideHeaders();
        table.AddRow("trace", Markup.Escape($"{summary.Header.Family}, {summary.Header.Workload}, {summary.Header.Load}"));
        table.AddRow("made by", Markup.Escape(summary.Header.Command));
        table.AddRow("recorded", Markup.Escape($"{summary.Header.RecordedAt:u}, kernel {summary.Header.Kernel}, {summary.Header.Tracker}"));
        if (summary.Header.Description.Length > 0)
        {
            table.AddRow("note", Markup.Escape(summary.Header.Description));
        }

        if (summary.Header.KnownModel is { } model)
        {
            table.AddRow("model", Markup.Escape(model));
        }

        table.AddRow("samples", Invariant($"{summary.Samples}, {summary.MeanIntervalMs:F1} ms apart (aimed at {summary.Header.Interval.TotalMilliseconds:F0}), at most {summary.LongestIntervalMs:F0}"));
        table.AddRow("pages", Invariant($"{summary.Pages:N0} at first, {summary.PagesEver:N0} ever"));
        table.AddRow("dirty", Invariant($"{summary.DirtyShare:P2} of all pages in a sample; {summary.WrittenShare:P1} written at all"));
        table.AddRow("unstable", Invariant($"{summary.UnstableShare:P2} of all pages (last three bits not alike)"));
        table.AddRow("dirty again", Invariant($"{summary.Persistence:P1} of the dirty pages in the next sample"));
        AnsiConsole.Write(table);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
