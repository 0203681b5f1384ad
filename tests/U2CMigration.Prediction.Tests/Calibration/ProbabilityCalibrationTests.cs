using CsCheck;
using U2CMigration.Prediction.Calibration;

namespace U2CMigration.Prediction.Tests.Calibration;

public sealed class ProbabilityCalibrationTests
{
    [Fact]
    public void Map_NothingObserved_ChangesLittle()
    {
        var calibration = new ProbabilityCalibration();
        foreach (float probability in (float[])[0.01f, 0.1f, 0.4f, 0.5f, 0.8f, 0.97f])
        {
            calibration.Map(probability).Should().BeApproximately(probability, 0.01f);
        }
    }

    [Fact]
    public void Map_ProbabilitiesThatAreTwiceTooLarge_AreHalved()
    {
        var calibration = new ProbabilityCalibration();
        var random = new Random(1);
        for (int round = 0; round < 30; round++)
        {
            for (int i = 0; i < 2000; i++)
            {
                float probability = (float)random.NextDouble();
                calibration.Observe(probability, random.NextDouble() < probability / 2);
            }

            calibration.Refresh();
        }

        foreach (float probability in (float[])[0.1f, 0.3f, 0.5f, 0.7f, 0.9f])
        {
            calibration.Map(probability).Should().BeApproximately(probability / 2, 0.03f);
        }
    }

    [Fact]
    public void Map_AfterAnyOutcomes_IsMonotoneAndAProbability() =>
        Gen.Select(Gen.Float[0, 1], Gen.Bool).Array[0, 400].Sample(
            outcomes =>
            {
                var calibration = new ProbabilityCalibration();
                foreach ((float probability, bool written) in outcomes)
                {
                    calibration.Observe(probability, written);
                }

                calibration.Refresh();
                float last = 0;
                for (int i = 0; i <= 200; i++)
                {
                    float mapped = calibration.Map(i / 200f);
                    mapped.Should().BeInRange(last - 1e-6f, 1);
                    last = mapped;
                }
            },
            iter: 100);

    [Fact]
    public void MapAndObserve_NotANumber_GiveAProbability()
    {
        var calibration = new ProbabilityCalibration();
        calibration.Observe(float.NaN, true);
        calibration.Refresh();
        calibration.Map(float.NaN).Should().BeInRange(0, 1);
    }

    [Fact]
    public void Map_ThousandsOfPagesDoTheSameOnce_IsNotTakenForThousandsOfObservations()
    {
        // Two programs: in one the pages of a sample are written together, once in five samples; in the other each of them is written with that probability.
        float together = AfterOne(static _ => false);
        float apart = AfterOne(static page => page % 5 == 0);

        apart.Should().BeApproximately(0.2f, 0.05f);
        together.Should().BeGreaterThan(0.02f);

        static float AfterOne(Func<int, bool> written)
        {
            var calibration = new ProbabilityCalibration();
            for (int page = 0; page < 3000; page++)
            {
                calibration.Observe(0.2f, written(page));
            }

            calibration.Refresh();
            return calibration.Map(0.2f);
        }
    }
}
