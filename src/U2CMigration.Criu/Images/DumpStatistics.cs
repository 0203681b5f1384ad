using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>What CRIU measured during a dump; the file <c>stats-dump</c> in the work directory, written after a success only.</summary>
/// <param name="FreezingTime">Until all tasks were stopped.</param>
/// <param name="FrozenTime">How long the tasks were stopped.</param>
/// <param name="MemoryDumpTime">Taking the pages.</param>
/// <param name="MemoryWriteTime">Writing or sending the pages.</param>
/// <param name="ScannedPages">Pages looked at.</param>
/// <param name="ParentPages">Pages left to the parent images.</param>
/// <param name="WrittenPages">Pages written or sent.</param>
/// <param name="LazyPages">Pages left for later.</param>
public sealed record DumpStatistics(
    TimeSpan FreezingTime,
    TimeSpan FrozenTime,
    TimeSpan MemoryDumpTime,
    TimeSpan MemoryWriteTime,
    long ScannedPages,
    long ParentPages,
    long WrittenPages,
    long LazyPages)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "stats-dump";

    /// <summary>Reads the statistics of a dump.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The statistics.</returns>
    /// <exception cref="CriuException">The file is damaged or of a restore.</exception>
    public static DumpStatistics Read(string path)
    {
        DumpStatsEntry entry = StatisticsFile.Read(path).Dump ?? throw ImageError.At(path, 0, "it has no statistics of a dump");
        return new DumpStatistics(
            TimeSpan.FromMicroseconds(entry.FreezingTime),
            TimeSpan.FromMicroseconds(entry.FrozenTime),
            TimeSpan.FromMicroseconds(entry.MemdumpTime),
            TimeSpan.FromMicroseconds(entry.MemwriteTime),
            (long)entry.PagesScanned,
            (long)entry.PagesSkippedParent,
            (long)(entry.PagesWritten + entry.ShpagesWritten),
            (long)entry.PagesLazy);
    }
}
