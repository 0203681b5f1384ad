using U2CMigration.Prediction.Evaluation;

namespace U2CMigration.Prediction.Tests.Evaluation;

public sealed class ThresholdChoiceTests
{
    [Fact]
    public void Choose_NothingSeen_IsAHalf() => new ThresholdChoice().Choose().Should().Be(0.5f);

    [Fact]
    public void Choose_FewPagesWithProbabilitiesThatAreRight_IsNearHalfOfTheBestF1()
    {
        // Of probabilities spread evenly, those from t on give F1 = (1 - t^2) / (1.5 - t), which is largest, 0.764, where t is half of it. What was best in the last few
        // samples of six pages is hardly more than chance.
        var random = new Random(1);
        var choice = new ThresholdChoice();
        for (int sample = 0; sample < 2000; sample++)
        {
            float[] probabilities = [.. Enumerable.Range(0, 6).Select(_ => random.NextSingle())];
            Judge(choice, 6, page => probabilities[page], page => random.NextDouble() < probabilities[page]);
        }

        choice.Choose().Should().BeApproximately(0.382f, 0.03f);
    }

    [Fact]
    public void Choose_ProbabilitiesFarTooSmall_IsWhatSeparatesThem()
    {
        var choice = new ThresholdChoice();
        for (int sample = 0; sample < 10; sample++)
        {
            Judge(choice, 200, page => page % 2 == 0 ? 0.01f : 0.02f, page => page % 2 != 0);
        }

        choice.Choose().Should().BeInRange(0.0101f, 0.02f);
    }

    [Fact]
    public void Choose_ScaleThatChanges_FollowsTheLastSamples()
    {
        // What separated the pages before would now predict all of them, and in all samples together it still is the best.
        var choice = new ThresholdChoice();
        for (int sample = 0; sample < 80; sample++)
        {
            float scale = sample < 60 ? 0.1f : 1;
            Judge(choice, 200, page => scale * (page % 2 == 0 ? 0.4f : 0.8f), page => page % 2 != 0);
        }

        choice.Choose().Should().BeInRange(0.41f, 0.8f);
    }

    private static void Judge(ThresholdChoice choice, int pages, Func<int, float> probability, Func<int, bool> written)
    {
        choice.Choose();
        for (int page = 0; page < pages; page++)
        {
            choice.Observe(probability(page), written(page));
        }

        choice.Next();
    }
}
