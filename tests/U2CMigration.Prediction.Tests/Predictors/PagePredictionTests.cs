using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Predictors;

public sealed class PagePredictionTests
{
    [Fact]
    public void Prepare_RunsOverSeveralChunks_MakesABlockEachWithExactlyTheCandidates()
    {
        var histories = new PageHistories();
        var candidates = new PageSet();
        candidates.Add(1, 0x1ff000, 0x202000);
        candidates.Add(1, 0x203000, 0x204000);
        candidates.Add(2, 0x200000, 0x201000);
        var prediction = new PagePrediction();

        prediction.Prepare(histories, candidates);

        prediction.Blocks.Select(static block => (block.ProcessId, block.Start)).Should().Equal((1, 0UL), (1, 0x200000UL), (2, 0x200000UL));
        prediction.CandidateCount.Should().Be(5);
        prediction.Candidates(1)[0].Should().Be(0b1011);
    }

    [Fact]
    public void PrepareAll_KnownPages_AreTheCandidates()
    {
        var histories = new PageHistories();
        var pages = new PageSet();
        pages.Add(1, 0x1000, 0x3000);
        histories.Observe(pages, null, TimeSpan.FromSeconds(1));
        var prediction = new PagePrediction();

        prediction.PrepareAll(histories);

        prediction.CandidateCount.Should().Be(2);
    }

    [Fact]
    public void CollectDirty_ThresholdsPerHorizon_NaNNeverCounts()
    {
        var histories = new PageHistories();
        var candidates = new PageSet();
        candidates.Add(1, 0x0000, 0x4000);
        var prediction = new PagePrediction();
        prediction.Prepare(histories, candidates);
        prediction.Probabilities(0, 1).Fill(0.9f);
        prediction.Probabilities(0, 1)[0] = 0.2f;
        prediction.Probabilities(0, 1)[1] = float.NaN;
        prediction.Thresholds[1] = 0.3f;
        var dirty = new PageSet();

        prediction.CollectDirty(1, dirty);

        dirty.Of(1).Ranges.ToArray().Should().Equal(new PageRange(0x2000, 0x4000));
    }
}
