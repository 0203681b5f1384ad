using ScottPlot;
using U2CMigration.Prediction.Traces;

namespace TraceLab.Showing;

/// <summary>A picture of a trace: pages in the order of addresses upwards, time to the right; the darker, the more of the pages in a spot were written.</summary>
internal static class HeatMap
{
    private const int Width = 1400;
    private const int PanelHeight = 600;
    private const int MostRows = 500;

    /// <summary>Draws what was written, and below it what was predicted, if given.</summary>
    internal static void Save(PageTrace trace, BitRows written, BitRows? predicted, string path)
    {
        var picture = new Multiplot();
        picture.AddPlots(predicted is null ? 1 : 2);
        Plot[] plots = picture.GetPlots();
        Draw(plots[0], trace, written, "written");
        if (predicted is not null)
        {
            Draw(plots[1], trace, predicted, "predicted one sample ahead");
        }

        picture.SavePng(path, Width, PanelHeight * plots.Length);
    }

    private static void Draw(Plot plot, PageTrace trace, BitRows rows, string what)
    {
        double seconds = trace.Samples.Sum(static s => s.Interval.TotalSeconds);
        ScottPlot.Plottables.Heatmap map = plot.Add.Heatmap(Shares(rows));
        map.Colormap = new ScottPlot.Colormaps.Grayscale().Reversed();
        map.ManualRange = new ScottPlot.Range(0, 1);
        map.Position = new CoordinateRect(0, seconds, 0, rows.Pages);
        plot.Add.ColorBar(map);
        plot.XLabel("seconds");
        plot.YLabel("pages, by address");
        plot.Title($"Share of pages {what}: {trace.Header.Family} {trace.Header.Workload}, {trace.Header.Load}, {trace.Header.Interval.TotalMilliseconds:N0} ms, {rows.Pages:N0} pages");
        plot.Axes.SetLimits(0, seconds, 0, rows.Pages);
    }

    /// <summary>Bands of pages by samples, without the first; the upper band first, as the plot wants it.</summary>
    private static double[,] Shares(BitRows rows)
    {
        int bands = Math.Clamp(rows.Pages, 1, MostRows);
        int columns = Math.Max(1, rows.Samples - 1);
        double[,] shares = new double[bands, columns];
        for (int band = 0; band < bands; band++)
        {
            int from = (int)((long)band * rows.Pages / bands);
            int to = (int)((long)(band + 1) * rows.Pages / bands);
            for (int page = from; page < to; page++)
            {
                ReadOnlySpan<bool> bits = rows.Row(page);
                for (int sample = 1; sample < bits.Length; sample++)
                {
                    shares[bands - 1 - band, sample - 1] += bits[sample] ? 1.0 / (to - from) : 0;
                }
            }
        }

        return shares;
    }
}
