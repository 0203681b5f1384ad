using System.Numerics;
using Spectre.Console;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Torch.Comparison;
using U2CMigration.Prediction.Traces;

namespace ModelTraining;

/// <summary>The speed of prediction on the unstable pages of recorded traces, each at the sample of its later half that has most of them.</summary>
internal static class RecordedSpeeds
{
    public static void Measure(string folder, int repeats)
    {
        Table table = new Table().AddColumns("trace", "unstable pages", "different inputs", "ms", "ms through TorchSharp", "times");
        List<(string Family, double Times)> all = [];
        foreach (string file in TraceFiles.In(folder))
        {
            PageTrace trace = TraceReader.Read(file);
            if (Measure(trace, repeats) is not { } speed)
            {
                continue;
            }

            all.Add((trace.Header.Family, speed.Times));
            table.AddRow(
                Path.GetFileNameWithoutExtension(file), $"{speed.Pages}", $"{speed.Evaluated}", FormattableString.Invariant($"{speed.Lean.TotalMilliseconds:F2}"),
                FormattableString.Invariant($"{speed.Torch.TotalMilliseconds:F2}"), FormattableString.Invariant($"{speed.Times:F1}"));
        }

        AnsiConsole.Write(table);
        double[] families = [.. all.GroupBy(static one => one.Family, static one => one.Times).Select(static family => Median([.. family.Order()])).Order()];
        AnsiConsole.MarkupLine(FormattableString.Invariant($"Median over traces {Median([.. all.Select(static one => one.Times).Order()]):F1} times, over the medians of families {Median(families):F1} times."));
    }

    private static InferenceSpeed? Measure(PageTrace trace, int repeats)
    {
        int chosen = BusiestSample(trace);
        PageHistories histories = new();
        AttentionPredictor predictor = new();
        foreach (TraceSample sample in trace.Samples.Take(chosen + 1))
        {
            histories.Observe(sample);
            predictor.Learn(histories);
        }

        PagePrediction prediction = new();
        ForEachUnstable(histories, prediction.Add);
        return prediction.CandidateCount > 0 ? InferenceSpeed.Measure(histories, predictor, prediction, repeats) : null;
    }

    private static int BusiestSample(PageTrace trace)
    {
        PageHistories histories = new();
        int best = 0;
        int most = -1;
        for (int i = 0; i < trace.Samples.Count; i++)
        {
            histories.Observe(trace.Samples[i]);
            int count = 0;
            ForEachUnstable(histories, (_, pages) => count += Count(pages));
            if (i >= trace.Samples.Count / 2 && count > most)
            {
                (best, most) = (i, count);
            }
        }

        return best;
    }

    private static void ForEachUnstable(PageHistories histories, Action<PredictionBlock, ReadOnlySpan<ulong>> take)
    {
        DataShiftPredictor rule = new(DataShiftOptions.Published);
        Span<ulong> pages = stackalloc ulong[PageHistories.ChunkWords];
        foreach (ProcessHistory process in histories.Processes)
        {
            foreach (int chunk in process.Chunks)
            {
                rule.FindStable(histories, chunk, pages);
                ReadOnlySpan<ulong> known = histories.KnownPages(chunk);
                for (int word = 0; word < pages.Length; word++)
                {
                    pages[word] = known[word] & ~pages[word];
                }

                if (Count(pages) > 0)
                {
                    take(new PredictionBlock(process.ProcessId, histories.StartOf(chunk), chunk), pages);
                }
            }
        }
    }

    private static int Count(ReadOnlySpan<ulong> pages)
    {
        int count = 0;
        foreach (ulong word in pages)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    private static double Median(double[] sorted) => sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
