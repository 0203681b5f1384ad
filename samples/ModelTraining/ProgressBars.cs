using System.Globalization;
using Spectre.Console;
using U2CMigration.Prediction.Torch.Training;

namespace ModelTraining;

/// <summary>A bar for each training; plain lines where the output is no terminal.</summary>
internal static class ProgressBars
{
    // Drawn by the thread that trains: a garbage collection that another one starts may free what TorchSharp's native code reads.
    public static void Run(Action<Func<string, IProgress<TrainingProgress>>> work) =>
        AnsiConsole.Progress().AutoRefresh(false).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context => work(name => new Bar(context, context.AddTask(Markup.Escape(name)), name)));

    private sealed class Bar(ProgressContext context, ProgressTask task, string name) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            task.Value = 100 * value.Fraction;
            if (double.IsFinite(value.ValidationLoss))
            {
                task.Description = Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{name}: loss {value.ValidationLoss:F4}"));
            }

            context.Refresh();
        }
    }
}
