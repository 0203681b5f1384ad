using U2CMigration.Prediction.Calibration;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.TwoPhase;

namespace U2CMigration.Prediction.Tests.TwoPhase;

public sealed class FirstPhasePassTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AddTo_CountedGroups_GiveTheThresholdOfThePagesThemselves(bool alone)
    {
        PageHistories histories = RandomHistories.Create(9, 6000, 30);
        var first = new DataShiftPredictor();
        first.Learn(histories);
        var pass = new FirstPhasePass(first);
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        var unstable = new PagePrediction();
        pass.Split(histories, prediction, unstable);

        var counted = new ExpectedScore();
        pass.AddTo(counted, 0, alone);
        var score = new ExpectedScore();
        ulong[] pages = new ulong[PageHistories.ChunkWords];
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            first.FindStable(histories, prediction.Blocks[block].Chunk, pages);
            for (int i = 0; i < pages.Length; i++)
            {
                pages[i] = prediction.Candidates(block)[i] & (alone ? ulong.MaxValue : pages[i]);
            }

            score.Add(prediction.Probabilities(block, 0), pages);
        }

        counted.BestThreshold().Should().Be(score.BestThreshold());
        (unstable.CandidateCount > 0).Should().BeTrue();
    }

    [Fact]
    public void Split_SomeBlocksAreStable_BlocksSaysWhichOnesTheOthersAre()
    {
        var random = new Random(1);
        var histories = new PageHistories();
        for (int sample = 0; sample < 12; sample++)
        {
            int now = sample;
            RandomHistories.Observe(histories, 10 * PageHistories.ChunkPages, page => now == 0 || (page / PageHistories.ChunkPages % 3 == 1 && random.Next(2) == 0));
        }

        var first = new DataShiftPredictor();
        first.Learn(histories);
        var pass = new FirstPhasePass(first);
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        var unstable = new PagePrediction();

        pass.Split(histories, prediction, unstable);
        pass.Split(histories, prediction, unstable);

        pass.Blocks.Should().Equal(1, 4, 7);
        unstable.Blocks.Should().Equal(prediction.Blocks[1], prediction.Blocks[4], prediction.Blocks[7]);
    }
}
