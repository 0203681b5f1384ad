using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Tests.Histories;

public sealed class ChunkMatrixTests
{
    // Fewer samples than rows, and so many that the ring has gone round.
    [Theory]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(101)]
    public void AllDirtyWords_AnyChunk_AreThoseOfItsGroups(int samples)
    {
        PageHistories histories = RandomHistories.Create(samples, 3 * PageHistories.ChunkPages, samples);
        ulong[] all = new ulong[PageHistories.ChunkPages];
        ulong[] group = new ulong[64];
        for (int chunk = 0; chunk < histories.ChunkCount; chunk++)
        {
            histories.AllDirtyWords(chunk, all);
            for (int i = 0; i < PageHistories.ChunkWords; i++)
            {
                histories.DirtyWords(chunk, i, group);
                all[(i * 64)..((i + 1) * 64)].Should().Equal(group);
            }
        }
    }

    [Fact]
    public void AllAccessedWords_PagesReadAndWritten_AreThoseThatWereAccessed()
    {
        var histories = new PageHistories();
        ulong[] all = new ulong[PageHistories.ChunkPages];
        for (int sample = 0; sample < 5; sample++)
        {
            var dirty = new PageSet();
            dirty.Add(1, RandomHistories.AddressOf(0), RandomHistories.AddressOf(10));
            var accessed = new PageSet();
            accessed.Add(1, RandomHistories.AddressOf(70 + sample), RandomHistories.AddressOf(72 + sample));
            histories.Observe(dirty, accessed, TimeSpan.FromSeconds(1));
        }

        histories.AllAccessedWords(histories.Find(1, RandomHistories.Base), all);

        ulong[] group = new ulong[64];
        histories.AccessedWords(histories.Find(1, RandomHistories.Base), 1, group);
        all[64..128].Should().Equal(group);
        all[70].Should().Be(0b10000);
        all[72].Should().Be(0b01100);
    }
}
