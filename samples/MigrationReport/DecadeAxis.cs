using System.Globalization;
using ScottPlot;

namespace MigrationReport;

/// <summary>A left axis that counts decades, for figures that differ by orders of magnitude.</summary>
internal static class DecadeAxis
{
    /// <summary>Where a value lies on an axis that counts decades above <paramref name="least"/>; what is smaller lies at 0.</summary>
    internal static double Of(double value, double least) => Math.Log10(Math.Max(value, least) / least);

    internal static void Label(Plot plot, double least) => plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic
    {
        IntegerTicksOnly = true,
        MinorTickGenerator = new ScottPlot.TickGenerators.LogMinorTickGenerator(),
        LabelFormatter = decades => (least * Math.Pow(10, decades)).ToString("#,0.##", CultureInfo.InvariantCulture),
    };
}
