using Spectre.Console;

namespace PredictionEvaluation.Strategies;

/// <summary>A table for the console and for a document.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Columns">The heads of the columns.</param>
/// <param name="Rows">The cells of each row.</param>
public sealed record SummaryTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    public Table ToConsole()
    {
        Table table = new Table().Border(TableBorder.Simple).Title(Title.EscapeMarkup());
        foreach (string column in Columns)
        {
            table.AddColumn(new TableColumn(column.EscapeMarkup()).NoWrap());
        }

        foreach (IReadOnlyList<string> row in Rows)
        {
            table.AddRow([.. row.Select(static cell => cell.EscapeMarkup())]);
        }

        return table;
    }

    public string ToMarkdown() =>
        $"\n**{Title}**\n\n{Line(Columns)}{Line([.. Columns.Select(static _ => "---")])}{string.Concat(Rows.Select(Line))}";

    private static string Line(IReadOnlyList<string> cells) => $"| {string.Join(" | ", cells)} |\n";
}
