using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Tests.Networks;

public sealed class VectorExponentialTests
{
    [Fact]
    public void Of_WholeRange_IsTheExponentialToTheLastBits()
    {
        for (float x = -87; x <= 88; x += 0.0137f)
        {
            float expected = (float)Math.Exp(x);
            float got = VectorExponential.Of(Vector512.Create(x))[5];
            got.Should().BeInRange(expected * (1 - 4e-7f), expected * (1 + 4e-7f), $"x is {x}");
        }
    }

    [Theory]
    [InlineData(float.NegativeInfinity, -87)]
    [InlineData(-1e9f, -87)]
    [InlineData(1e9f, 88)]
    [InlineData(float.PositiveInfinity, 88)]
    public void Of_OutOfRange_IsThatOfTheNearestInside(float x, float inside) =>
        VectorExponential.Of(Vector512.Create(x)).Should().Be(VectorExponential.Of(Vector512.Create(inside)));

    [Fact]
    public void Of_NotANumber_StaysSo() => float.IsNaN(VectorExponential.Of(Vector512.Create(float.NaN))[0]).Should().BeTrue();
}
