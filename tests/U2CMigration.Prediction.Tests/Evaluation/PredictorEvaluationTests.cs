using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.Evaluation;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Tests.Evaluation;

public sealed class PredictorEvaluationTests
{
    [Fact]
    public void Finish_LastValueOnPagesThatAlternate_IsAlwaysWrongAtOddHorizonsAndRightBetween()
    {
        PredictorResult[] results = Run((page, sample) => (page + sample) % 2 == 0);

        Find(results, 1, PageKind.All).OwnConfusion.TruePositives.Should().Be(0);
        Find(results, 2, PageKind.All).OwnConfusion.F1.Should().Be(1);
        Find(results, 3, PageKind.All).OwnConfusion.TruePositives.Should().Be(0);

        // The best that a threshold can make of it is to predict all pages.
        Find(results, 1, PageKind.All).Confusion.F1.Should().BeApproximately(2 / 3.0, 1e-9);
    }

    [Fact]
    public void Finish_PagesThatNeverChange_AreNotUnstable()
    {
        PredictorResult[] results = Run((page, _) => page < 100);

        Find(results, 1, PageKind.Unstable).Predictions.Should().Be(0);
        Find(results, 1, PageKind.All).Confusion.Should().Be(new Confusion(100 * Counted, 0, 0));
    }

    [Fact]
    public void Finish_PagesNeverWritten_DoNotCountInTheAveragePerPage()
    {
        // Page 0 is always written, page 1 every other sample, the rest never.
        PredictionScore score = Find(Run((page, sample) => page == 0 || (page == 1 && sample % 4 < 2)), 1, PageKind.All);

        score.WrittenPages.Should().Be(2);
        score.PageF1.Should().BeApproximately((1 + 0.5) / 2, 0.03);
    }

    // Samples judged at horizon 1: those behind the warm-up.
    private const int Counted = 41 - PredictorEvaluation.WarmUp;

    private static PredictorResult[] Run(Func<int, int, bool> dirty)
    {
        var evaluation = new PredictorEvaluation([new LastValuePredictor()]);
        var histories = new PageHistories();
        RandomHistories.Observe(histories, 1000, _ => true);
        evaluation.Step(histories);
        for (int sample = 0; sample < 40; sample++)
        {
            int now = sample;
            RandomHistories.Observe(histories, 1000, page => dirty(page, now));
            evaluation.Step(histories);
        }

        return [.. evaluation.Finish()];
    }

    private static PredictionScore Find(PredictorResult[] results, int horizon, PageKind pages) =>
        results.Single(result => result.Horizon == horizon && result.Pages == pages).Score;
}
