using System.CommandLine;
using U2CMigration.Prediction.Traces;
using U2CMigration.Prediction.TwoPhase;

namespace TraceLab.Showing;

/// <summary><c>show</c>: what is in a trace.</summary>
internal static class ShowCommand
{
    internal static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A trace." };
        var png = new Option<FileInfo?>("--png") { Description = "Draws pages over time into this file." };
        var predict = new Option<bool>("--predict") { Description = "Draws below it what the two-phase predictor, learning on the way, says one sample ahead." };
        var command = new Command("show", "Shows what a trace holds.") { file, png, predict };
        command.SetAction(parsed =>
        {
            try
            {
                PageTrace trace = TraceReader.Read(parsed.GetValue(file)!.FullName);
                SummaryTable.Write(TraceSummary.Of(trace));
                if (parsed.GetValue(png) is { } picture)
                {
                    BitRows? predicted = parsed.GetValue(predict) ? BitRows.Predicted(trace, new TwoPhasePredictor()) : null;
                    HeatMap.Save(trace, BitRows.Of(trace), predicted, picture.FullName);
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
