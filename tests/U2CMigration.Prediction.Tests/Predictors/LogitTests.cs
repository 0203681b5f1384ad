using CsCheck;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Predictors;

public sealed class LogitTests
{
    [Fact]
    public void Of_ManyAtOnce_EqualsOneByOne() =>
        Gen.OneOf(Gen.Float[0, 1], Gen.Const(0f), Gen.Const(1f), Gen.Const(float.NaN)).Array[32].Sample(values =>
        {
            float[] many = [.. values];
            Logit.Of(many);
            for (int i = 0; i < values.Length; i++)
            {
                many[i].Should().BeApproximately(Logit.Of(values[i]), 1e-4f);
            }
        });

    [Fact]
    public void ToProbability_OfLogit_GivesItBack() =>
        Gen.Float[0.001f, 0.999f].Sample(probability => Logit.ToProbability(Logit.Of(probability)).Should().BeApproximately(probability, 1e-4f));
}
