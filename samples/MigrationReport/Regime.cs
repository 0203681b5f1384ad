using System.Globalization;

namespace MigrationReport;

/// <summary>What is the same for all strategies that are compared with each other.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="MemoryMib">The size it was asked to have.</param>
/// <param name="Pressure">The pressure that the link was set for; 0 when its bandwidth was given.</param>
/// <param name="BandwidthMbit">The bandwidth that was given; 0 with a pressure, and for no limit.</param>
public sealed record Regime(string Workload, long MemoryMib, double Pressure, double BandwidthMbit)
{
    /// <summary>The link as people read it.</summary>
    public string Link => string.Create(CultureInfo.InvariantCulture, $"{(Pressure > 0 ? $"pressure {Pressure}" : $"{BandwidthMbit:N0} Mbit/s")}");

    /// <summary>A part of a file name.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{Workload}-{MemoryMib}MiB-{(Pressure > 0 ? $"pressure-{Pressure}" : $"{BandwidthMbit}Mbit")}");

    public static Regime Of(RunReport run) => new(run.Workload, run.MemoryMib, run.Pressure, run.Pressure > 0 ? 0 : run.BandwidthMbit);

    public static Regime Of(SummaryRow row) => new(row.Workload, row.MemoryMib, row.Pressure, row.Pressure > 0 ? 0 : row.BandwidthMbit);
}
