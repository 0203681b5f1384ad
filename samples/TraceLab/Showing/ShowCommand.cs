using System.CommandLine;
using U2CMigration.Prediction.Traces;

namespace TraceLab.Showing;

/// <summary><c>show</c>: what is in a trace.</summary>
internal static class ShowCommand
{
    internal static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A trace." };
        var png = new Option<FileInfo?>("--png") { Description = "Draws pages over time into this file." };
        var command = new Command("show", "Shows what a trace holds.") { file, png };
        command.SetAction(parsed =>
        {
            try
            {
                PageTrace trace = TraceReader.Read(parsed.GetValue(file)!.FullName);
                SummaryTable.Write(TraceSummary.Of(trace));
                if (parsed.GetValue(png) is { } picture)
                {
                    HeatMap.Save(trace, BitRows.Of(trace), picture.FullName);
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
}
