using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Predictors;

public sealed class ProbabilityRangeTests
{
    [Theory]
    [InlineData(0f, true)]
    [InlineData(1f, true)]
    [InlineData(-0.001f, false)]
    [InlineData(1.001f, false)]
    [InlineData(float.NaN, false)]
    [InlineData(float.PositiveInfinity, false)]
    public void Holds_OneValue_CountsWhereItIsACandidate(float value, bool expected)
    {
        float[] values = new float[PageHistories.ChunkPages];
        ulong[] candidates = new ulong[PageHistories.ChunkWords];
        values[300] = value;
        ProbabilityRange.Holds(values, candidates).Should().BeTrue();

        candidates[300 / 64] = 1UL << (300 % 64);
        ProbabilityRange.Holds(values, candidates).Should().Be(expected);
    }

    [Theory]
    [InlineData(-0.001f, false)]
    [InlineData(1.001f, false)]
    [InlineData(float.NaN, false)]
    [InlineData(1f, true)]
    public void Holds_OneValueAmongMany_CountsWhereverItStands(float value, bool expected)
    {
        for (int place = 0; place < 37; place++)
        {
            float[] values = new float[37];
            values[place] = value;
            ProbabilityRange.Holds(values).Should().Be(expected);
        }
    }
}
