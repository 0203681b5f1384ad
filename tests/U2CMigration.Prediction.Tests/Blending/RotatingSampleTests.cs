using System.Numerics;
using U2CMigration.Prediction.Blending;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Blending;

public sealed class RotatingSampleTests
{
    private const int Pages = 40 * PageHistories.ChunkPages;

    [Fact]
    public void Choose_MorePagesThanWanted_TakesSomeOfEveryChunk()
    {
        PagePrediction chosen = Chosen(new RotatingSample(800, 256), Histories());

        chosen.Blocks.Select(static block => block.Chunk).Should().HaveCount(40).And.OnlyHaveUniqueItems();
        chosen.CandidateCount.Should().BeInRange(700, 800);
    }

    [Fact]
    public void Choose_AgainAndAgain_EveryPageHasItsTurn()
    {
        PageHistories histories = Histories();
        var sample = new RotatingSample(800, 256);
        ulong[] seen = new ulong[PageHistories.ChunkWords];
        for (int round = 0; round < 40; round++)
        {
            PagePrediction chosen = Chosen(sample, histories);
            int block = Enumerable.Range(0, chosen.Blocks.Count).First(block => chosen.Blocks[block].Chunk == 1);
            for (int word = 0; word < seen.Length; word++)
            {
                seen[word] |= chosen.Candidates(block)[word];
            }
        }

        seen.Sum(static word => BitOperations.PopCount(word)).Should().Be(PageHistories.ChunkPages);
    }

    [Fact]
    public void Steps_ChunkWithManyAndChunkWithFewPages_SayHowManyPagesEachStandsFor()
    {
        var sample = new RotatingSample(80, 256);
        var chosen = new PagePrediction();
        sample.Choose(Histories(), static (_, chunk, _, pages) => pages.Fill(chunk == 1 ? ulong.MaxValue : chunk == 2 ? 1UL : 0), chosen);

        Enumerable.Range(0, chosen.Blocks.Count).ToDictionary(block => chosen.Blocks[block].Chunk, block => sample.Steps[block])
            .Should().BeEquivalentTo(new Dictionary<int, int> { [1] = 64, [2] = 1 });
    }

    private static PagePrediction Chosen(RotatingSample sample, PageHistories histories)
    {
        var chosen = new PagePrediction();
        sample.Choose(histories, static (_, _, _, pages) => pages.Fill(ulong.MaxValue), chosen);
        return chosen;
    }

    private static PageHistories Histories()
    {
        var histories = new PageHistories();
        RandomHistories.Observe(histories, Pages, static _ => true);
        return histories;
    }
}
