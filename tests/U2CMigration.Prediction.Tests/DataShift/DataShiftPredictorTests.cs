using CsCheck;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Testing;

namespace U2CMigration.Prediction.Tests.DataShift;

public sealed class DataShiftPredictorTests
{
    private static readonly Gen<DataShiftOptions> AnyOptions =
        Gen.Select(Gen.Int[1, 32], Gen.Double[0.05, 1.5], Gen.Int[1, 32], Gen.Int[1, 20])
            .Select((k, p, window, share) => new DataShiftOptions { StabilitySamples = k, MaximumVariation = p, Window = window, Persistence = share / 20.0 });

    [Fact]
    public void FindStable_AnyHistoryAndParameters_EqualsTheReference() =>
        Gen.Select(AnyOptions, Gen.Int, Gen.Int[0, 70]).Sample(
            (options, seed, samples) => EachPage(
                seed, samples, new DataShiftPredictor(options).FindStable, history => DataShiftReference.IsStable(history, options)),
            iter: 60);

    [Fact]
    public void FindDirty_AnyHistoryAndParameters_EqualsTheReference() =>
        Gen.Select(AnyOptions, Gen.Int, Gen.Int[0, 70]).Sample(
            (options, seed, samples) => EachPage(
                seed, samples, new DataShiftPredictor(options).FindDirty, history => DataShiftReference.IsDirtyNext(history, options)),
            iter: 60);

    [Fact]
    public void Predict_PagesOfOneRunLength_GetTheShareThatWasWritten()
    {
        // Every page is written with a probability of a quarter, whatever its run.
        var random = new Random(1);
        var predictor = new DataShiftPredictor();
        var histories = new PageHistories();
        RandomHistories.Observe(histories, 4000, _ => true);
        for (int i = 0; i < 40; i++)
        {
            RandomHistories.Observe(histories, 4000, _ => random.Next(4) == 0);
            predictor.Learn(histories);
        }

        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        predictor.Predict(histories, prediction);

        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            prediction.Probabilities(3, horizon).ToArray().Average().Should().BeApproximately(0.25f, 0.01f);
        }
    }

    [Fact]
    public void Learn_PagesWithAPeriodOfFive_StabilityLooksBackAtLeastAsFar()
    {
        var predictor = new DataShiftPredictor();
        var histories = new PageHistories();
        RandomHistories.Observe(histories, 2000, _ => true);
        for (int i = 0; i < 40; i++)
        {
            int now = i;
            RandomHistories.Observe(histories, 2000, page => (page + now) % 5 == 0);
            predictor.Learn(histories);
        }

        predictor.Rule.Samples.Should().BeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public void LearnAndPredict_SteadyState_AllocateNothing()
    {
        PageHistories histories = RandomHistories.Create(3, 5000, 30);
        var predictor = new DataShiftPredictor();
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        predictor.Learn(histories);
        predictor.Predict(histories, prediction);

        long allocated = Allocation.LeastOf(10, () =>
        {
            predictor.Learn(histories);
            prediction.PrepareAll(histories);
            predictor.Predict(histories, prediction);
        });

        allocated.Should().Be(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    public void Constructor_SamplesOutOfRange_Throws(int samples) =>
        FluentActions.Invoking(() => new DataShiftPredictor(new DataShiftOptions { StabilitySamples = samples }))
            .Should().Throw<ArgumentOutOfRangeException>();

    private delegate void Finder(PageHistories histories, int chunk, Span<ulong> bits);

    private static void EachPage(int seed, int samples, Finder find, Func<ulong, bool> expected)
    {
        const int Pages = 700;
        PageHistories histories = RandomHistories.Create(seed, Pages, samples);
        ulong[] bits = new ulong[PageHistories.ChunkWords];
        for (int page = 0; page < Pages; page++)
        {
            find(histories, histories.Find(1, RandomHistories.AddressOf(page)), bits);
            bool found = ((bits[page % 512 / 64] >> (page % 64)) & 1) == 1;
            if (found != expected(RandomHistories.WordOf(histories, page)))
            {
                Assert.Fail($"page {page}, history {RandomHistories.WordOf(histories, page):b}: {found}");
            }
        }
    }
}
