using ScottPlot;
using U2CMigration.Prediction.Traces;

namespace TraceLab.Showing;

/// <summary>A picture of a trace: pages in the order of addresses upwards, time to the right; the darker, the more of the pages in a spot were written.</summary>
internal static class HeatMap
{
    private const int Width = 1400;
    private const int Height = 700;
    private const int MostRows = 600;

    internal static void Save(PageTrace trace, BitRows rows, string path)
    {
        var plot = new Plot();
        int bands = Math.Min(MostRows, rows.Pages);
        int columns = rows.Samples - 1;
        double[,] shares = new double[bands, columns];
        for (int band = 0; band < bands; band++)
        {
            int from = (int)((long)band * rows.Pages / bands);
            int to = (int)((long)(band + 1) * rows.Pages / bands);
            for (int page = from; page < to; page++)
            {
                ReadOnlySpan<bool> bits = rows.Row(page);
                for (int column = 0; column < columns; column++)
                {
                    // The first row of the array is the upper one.
                    shares[bands - 1 - band, column] += bits[column + 1] ? 1.0 / (to - from) : 0;
                }
            }
        }

        double seconds = trace.Samples.Sum(static s => s.Interval.TotalSeconds);
        ScottPlot.Plottables.Heatmap map = plot.Add.Heatmap(shares);
        map.Colormap = new ScottPlot.Colormaps.Grayscale().Reversed();
        map.ManualRange = new ScottPlot.Range(0, 1);
        map.Position = new CoordinateRect(0, seconds, 0, rows.Pages);
        plot.Add.ColorBar(map);
        plot.XLabel("seconds");
        plot.YLabel("pages, by address");
        plot.Title($"Share of pages written: {trace.Header.Family} {trace.Header.Workload}, {trace.Header.Load}, {trace.Header.Interval.TotalMilliseconds:N0} ms, {rows.Pages:N0} pages");
        plot.Axes.SetLimits(0, seconds, 0, rows.Pages);
        plot.SavePng(path, Width, Height);
    }
}
