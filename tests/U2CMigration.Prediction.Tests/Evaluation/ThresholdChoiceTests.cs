using U2CMigration.Prediction.Evaluation;

namespace U2CMigration.Prediction.Tests.Evaluation;

public sealed class ThresholdChoiceTests
{
    [Fact]
    public void Choose_NothingSeen_IsAHalf() => new ThresholdChoice().Choose().Should().Be(0.5f);

    [Fact]
    public void Choose_ProbabilitiesThatAreRight_IsNearHalfOfTheirF1()
    {
        // Written with the probability given: 0.1 or 0.6. Predicting the latter alone gives F1 = 0.6 x 2 / (1 + 0.7), about 0.7.
        var random = new Random(1);
        var choice = new ThresholdChoice();
        for (int sample = 0; sample < 60; sample++)
        {
            Judge(choice, 2000, page => page % 2 == 0 ? 0.1f : 0.6f, page => random.NextDouble() < (page % 2 == 0 ? 0.1 : 0.6));
        }

        choice.Choose().Should().BeInRange(0.11f, 0.6f);
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
        // What separated the pages before would now predict none of those that are written.
        var choice = new ThresholdChoice();
        for (int sample = 0; sample < 60; sample++)
        {
            float scale = sample < 20 ? 1 : 0.1f;
            Judge(choice, 200, page => scale * (page % 2 == 0 ? 0.4f : 0.8f), page => page % 2 != 0);
        }

        choice.Choose().Should().BeInRange(0.041f, 0.08f);
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
