using System.Globalization;
using Spectre.Console;
using U2CMigration.Prediction.Torch.Training;

namespace ModelTraining;

/// <summary>A bar for each training; plain lines where the output is no terminal.</summary>
internal static class ProgressBars
{
    public static void Run(Action<Func<string, IProgress<TrainingProgress>>> work) =>
        AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context => work(name => new Bar(context.AddTask(Markup.Escape(name)), name)));

    private sealed class Bar(ProgressTask task, string name) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            task.Value = 100 * value.Fraction;
            if (double.IsFinite(value.ValidationLoss))
            {
                task.Description = Markup.Escape(string.Create(CultureInfo.InvariantCulture, $"{name}: loss {value.ValidationLoss:F4}"));
            }
        }
    }
}
