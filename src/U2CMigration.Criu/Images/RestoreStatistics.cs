using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>What CRIU measured during a restore; the file <c>stats-restore</c> in the work directory, written after a success only.</summary>
/// <param name="ForkingTime">Making the processes.</param>
/// <param name="RestoreTime">Everything else.</param>
/// <param name="RestoredPages">Pages read from the images.</param>
/// <param name="ComparedPages">Pages compared with those of a parent process.</param>
/// <param name="SharedPages">Pages that could stay shared with a parent process.</param>
public sealed record RestoreStatistics(TimeSpan ForkingTime, TimeSpan RestoreTime, long RestoredPages, long ComparedPages, long SharedPages)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "stats-restore";

    /// <summary>Reads the statistics of a restore.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The statistics.</returns>
    /// <exception cref="CriuException">The file is damaged or of a dump.</exception>
    public static RestoreStatistics Read(string path)
    {
        RestoreStatsEntry entry = StatisticsFile.Read(path).Restore ?? throw ImageError.At(path, 0, "it has no statistics of a restore");
        return new RestoreStatistics(
            TimeSpan.FromMicroseconds(entry.ForkingTime),
            TimeSpan.FromMicroseconds(entry.RestoreTime),
            (long)entry.PagesRestored,
            (long)entry.PagesCompared,
            (long)entry.PagesSkippedCow);
    }
}
