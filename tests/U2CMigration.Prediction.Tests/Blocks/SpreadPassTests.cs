using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Blocks;

public sealed class SpreadPassTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public void Predict_SomeCandidatesOfEachBlock_EachGetsItsAnswerAndOthersStay(int blocks)
    {
        var random = new Random(blocks);
        PageHistories histories = RandomHistories.Create(1, blocks * PageHistories.ChunkPages, 30);
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        for (int block = 0; block < blocks; block++)
        {
            foreach (ref ulong word in prediction.Candidates(block))
            {
                word &= block == 2 ? 0 : (ulong)random.NextInt64();
            }

            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                prediction.Probabilities(block, horizon).Fill(-1);
            }
        }

        new SpreadPass(new NumberingModel()).Predict(histories, prediction);

        for (int page = 0; page < blocks * PageHistories.ChunkPages; page++)
        {
            (int block, int place) = (page / PageHistories.ChunkPages, page % PageHistories.ChunkPages);
            bool asked = ((prediction.Candidates(block)[place / 64] >> (place % 64)) & 1) != 0;
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
float ended = horizon == 2 ? 1 : 0;
                float expected = asked ? NumberingModel.NumberOf(RandomHistories.WordOf(histories, page), horizon) + ended : -1;
                prediction.Probabilities(block, horizon)[place].Should().Be(expected);
            }
        }
    }

    /// <summary>Answers with numbers made of the page's history; at the end of a run it adds 1 to the last of them.</summary>
    private sealed class NumberingModel : IBlockModel
    {
        private readonly List<int>[] _asked = [[], []];

        public static float NumberOf(ulong word, int horizon) => (float)(word % 1000003) + (horizon * 2);

        public void Predict(BlockView block, int worker, ModelAnswers answers, int at)
        {
            block.Samples.Should().Be(30);
            foreach (int page in block.Pages)
            {
                ulong word = block.Words[page];
                _asked[worker].Add(at);
                answers.Set(at++, NumberOf(word, 0), NumberOf(word, 1), NumberOf(word, 2));
            }
        }

        public void End(int worker, ModelAnswers answers)
        {
            foreach (int at in _asked[worker])
            {
                answers.Of(2)[at]++;
            }

            _asked[worker].Clear();
        }
    }
}
