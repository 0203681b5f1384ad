using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Images;

/// <summary>The common form of stats-dump and stats-restore.</summary>
internal static class StatisticsFile
{
    internal static StatsEntry Read(string path)
    {
        ImageEntries entries = ImageEntries.Open(path, ImageBytes.Read(path), ImageMagic.Service, ImageMagic.Statistics);
        entries.ReadRequired();
        return ImageBytes.Parse(path, entries, StatsEntry.Parser);
    }
}
