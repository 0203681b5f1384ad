using System.CommandLine;
using System.Globalization;
using System.Text;
using U2CMigration.Prediction.Traces;

namespace TraceLab.Showing;

/// <summary><c>list</c>: a Markdown table of all traces in a directory.</summary>
internal static class ListCommand
{
    private const string Begin = "<!-- list: begin -->";
    private const string End = "<!-- list: end -->";

    internal static Command Create()
    {
        var directory = new Argument<DirectoryInfo>("DIRECTORY") { Description = "Where the traces lie." };
        var into = new Option<FileInfo?>("--into") { Description = $"A Markdown file, in which the table replaces what is between '{Begin}' and '{End}'." };
        var command = new Command("list", "Prints the figures of all traces in a directory as a table.") { directory, into };
        command.SetAction(parsed =>
        {
            try
            {
                string table = Table(parsed.GetValue(directory)!);
                if (parsed.GetValue(into) is { } file)
                {
                    Replace(file.FullName, table);
                }
                else
                {
                    Console.Write(table);
                }

                return 0;
            }
            catch (Exception e) when (e is IOException or TraceFormatException)
            {
                Console.Error.WriteLine(e.Message);
                return 1;
            }
        });
        return command;
    }

    private static string Table(DirectoryInfo directory)
    {
        var table = new StringBuilder();
        table.AppendLine("| trace | family | workload | load | interval (longest) ms | samples | pages | dirty in a sample | written at all | unstable | dirty again | KiB |");
        table.AppendLine("| --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (FileInfo file in directory.GetFiles("*.u2ctrace").OrderBy(static f => f.Name, StringComparer.Ordinal))
        {
            TraceSummary s = TraceSummary.Of(TraceReader.Read(file.FullName));
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {Path.GetFileNameWithoutExtension(file.Name)} | {s.Header.Family} | {s.Header.Workload} | {s.Header.Load} | {s.MeanIntervalMs:F0} ({s.LongestIntervalMs:F0}) | {s.Samples} | {s.PagesEver} | {s.DirtyShare:P2} | {s.WrittenShare:P1} | {s.UnstableShare:P2} | {s.Persistence:P0} | {(file.Length + 1023) / 1024} |");
        }

        return table.ToString();
    }

    private static void Replace(string path, string table)
    {
        string text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new IOException($"{path} has no place for the table: '{Begin}' and '{End}' on lines of their own.");
        }

        File.WriteAllText(path, string.Concat(text.AsSpan(0, begin + Begin.Length), "\n", table, text.AsSpan(end)));
    }
}
