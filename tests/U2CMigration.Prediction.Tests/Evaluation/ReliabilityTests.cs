using U2CMigration.Prediction.Evaluation;

namespace U2CMigration.Prediction.Tests.Evaluation;

public sealed class ReliabilityTests
{
    [Fact]
    public void CalibrationError_TwoBins_IsTheWeighedDistance()
    {
        // Eight at 0.25, of which four happen: 0.25 off. Two at 0.95, both happen: 0.05 off.
        var reliability = new Reliability();
        for (int i = 0; i < 8; i++)
        {
            reliability.Add(0.25f, i < 4);
        }

        reliability.Add(0.95f, true);
        reliability.Add(0.95f, true);

        reliability.CalibrationError().Should().BeApproximately((0.25 * 0.8) + (0.05 * 0.2), 1e-6);
        reliability[2].Outcomes.Should().Be(8);
        reliability[2].Happened.Should().Be(0.5);
    }

    [Fact]
    public void CalibrationError_NoOutcomes_IsZero() => new Reliability().CalibrationError().Should().Be(0);
}
