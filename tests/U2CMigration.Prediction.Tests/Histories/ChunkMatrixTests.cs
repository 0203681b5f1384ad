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
}
