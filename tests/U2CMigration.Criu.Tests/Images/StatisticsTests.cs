using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Tests.Images;

public sealed class StatisticsTests
{
    private static readonly uint[] Magics = [ImageMagic.Service, ImageMagic.Statistics];

    [Fact]
    public void Read_StatisticsOfADump_AreInTheirUnits()
    {
        using var directory = new TemporaryDirectory();
        var entry = new StatsEntry { Dump = new DumpStatsEntry { FreezingTime = 1500, FrozenTime = 20_000, PagesWritten = 7, ShpagesWritten = 2 } };
        ImageSet.Write(directory[DumpStatistics.FileName], Magics, entry);
        DumpStatistics statistics = DumpStatistics.Read(directory[DumpStatistics.FileName]);
        (statistics.FreezingTime, statistics.FrozenTime, statistics.WrittenPages).Should().Be((TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMilliseconds(20), 9));
    }

    [Fact]
    public void Read_StatisticsOfARestoreAsOfADump_IsRefused()
    {
        using var directory = new TemporaryDirectory();
        ImageSet.Write(directory["stats-restore"], Magics, new StatsEntry { Restore = new RestoreStatsEntry { PagesRestored = 3 } });
        RestoreStatistics.Read(directory["stats-restore"]).RestoredPages.Should().Be(3);
        Action act = () => DumpStatistics.Read(directory["stats-restore"]);
        act.Should().Throw<CriuException>();
    }
}
