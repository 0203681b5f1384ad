using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Contexts;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Contexts;

public sealed class ContextReaderTests
{
    [Fact]
    public void Predict_RandomTables_EqualsLookingEachPageUpForEachHorizon()
    {
        var random = new Random(1);
        var histories = new PageHistories();
        var moments = new MomentFinder();
        var fronts = new WriteFronts();
        for (int sample = 0; sample < 40; sample++)
        {
            int now = sample;
            RandomHistories.Observe(histories, 512, page => now == 0 || (now + (page % 5)) % 7 < 2 || random.Next(10) == 0);
            moments.Learn(histories);
            fronts.Learn(histories);
        }

        ContextTable[] tables = [.. Enumerable.Range(0, PageContexts.Count).Select(way => Fill(random, PageContexts.SizeOf(way)))];
        var mixers = new ContextMixers();
        mixers.Pack();
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);

        var block = new BlockView();
        block.Load(histories, prediction, 0);
        var answers = new ModelAnswers();
        answers.Begin(PageHistories.ChunkPages);
        new ContextReader(tables, mixers).Predict(block, answers, 0, moments, fronts);

        var chunk = new ChunkView();
        chunk.Load(histories, prediction.Blocks[0].Chunk);
        PageView view = chunk.Shared(0, moments);
        int[] groups = new int[PageContexts.Count];
        for (int page = 0; page < PageHistories.ChunkPages; page++)
        {
            chunk.Look(page, 0, fronts, ref view);
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                PageContexts.Find(view, horizon, groups);
                float[] logits = [.. groups.Select((group, way) => tables[way].LogOdds(group, horizon))];
                float expected = Logit.ToProbability(mixers.Of(view.Word, horizon).Mix(logits));
                answers.Of(horizon)[page].Should().BeApproximately(expected, 1e-5f);
            }
        }
    }

    // Every group has seen outcomes of its own at each horizon.
    private static ContextTable Fill(Random random, int groups)
    {
        var table = new ContextTable(groups);
        for (int group = 0; group < groups; group++)
        {
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                bool written = random.Next(2) == 0;
                for (int i = random.Next(8); i >= 0; i--)
                {
                    table.Learn(group, horizon, written);
                }
            }
        }

        return table;
    }
}
