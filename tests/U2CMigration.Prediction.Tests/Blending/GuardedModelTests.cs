using U2CMigration.Prediction.Blending;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Blending;

public sealed class GuardedModelTests
{
    private const int Blocks = 10;

    [Theory]
    [InlineData(Failing.Begin)]
    [InlineData(Failing.Predict)]
    [InlineData(Failing.End)]
    [InlineData(Failing.NotANumber)]
    public void Ask_ModelFails_LastValuesStandInForAllAndOneFailureIsCounted(Failing failing)
    {
        PageHistories histories = RandomHistories.Create(1, Blocks * PageHistories.ChunkPages, 10);
        var candidates = new PagePrediction();
        candidates.PrepareAll(histories);
        var model = new GuardedModel(new LateFailingModel(failing));
        var pass = new ModelPass([model]);

        pass.Ask(histories, candidates, null);

        model.Failures.Should().Be(1);
        for (int page = 0; page < Blocks * PageHistories.ChunkPages; page++)
        {
            float last = RandomHistories.WordOf(histories, page) & 1;
            model.Answers.Of(1)[page].Should().Be(last);
            pass.LastValues[page].Should().Be(last);
        }
    }

    [Fact]
    public void Ask_AfterAFailure_TheModelIsAskedAgain()
    {
        PageHistories histories = RandomHistories.Create(1, Blocks * PageHistories.ChunkPages, 10);
        var candidates = new PagePrediction();
        candidates.PrepareAll(histories);
        var inner = new LateFailingModel(Failing.Predict);
        var model = new GuardedModel(inner);
        var pass = new ModelPass([model]);
        pass.Ask(histories, candidates, null);

        inner.Now = Failing.Nowhere;
        pass.Ask(histories, candidates, null);

        model.Failures.Should().Be(1);
        model.Answers.Of(0).ToArray().Should().OnlyContain(static value => value == 0.25f);
    }

    public enum Failing
    {
        Nowhere,
        Begin,
        Predict,
        End,
        NotANumber,
    }

    /// <summary>Says a quarter for every page, and fails in the last run.</summary>
    private sealed class LateFailingModel(Failing failing) : IPagePredictor, IBlockModel
    {
        public Failing Now { get; set; } = failing;

        public string Name => "late-failing";

        public void Learn(PageHistories histories)
        {
        }

        public void Predict(PageHistories histories, PagePrediction prediction) => throw new NotSupportedException();

        void IBlockModel.Begin(PageHistories histories, PagePrediction candidates) => FailIf(Now == Failing.Begin);

        void IBlockModel.Predict(BlockView block, int worker, ModelAnswers answers, int at)
        {
            FailIf(Now == Failing.Predict && block.Block == Blocks - 1);
            foreach (int page in block.Pages)
            {
                bool wrong = Now == Failing.NotANumber && block.Block == Blocks - 2 && page == 77;
                answers.Set(at++, 0.25f, 0.25f, wrong ? float.NaN : 0.25f);
            }
        }

        void IBlockModel.End(int worker, ModelAnswers answers) => FailIf(Now == Failing.End && worker == 0);

        private static void FailIf(bool fails)
        {
            if (fails)
            {
                throw new InvalidOperationException("fails");
            }
        }
    }
}
