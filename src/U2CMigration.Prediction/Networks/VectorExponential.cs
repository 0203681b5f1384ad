using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Networks;

/// <summary>The exponential function of 16 numbers in single precision, at a fraction of the work of <see cref="Vector512.Exp(Vector512{float})"/>, which computes in double precision.</summary>
/// <remarks>
/// e^x = 2^n e^r with n whole and r at most half of ln 2 away from 0, where a polynomial of degree 5, the best one by the exchange of Remez, is off by 7.5e-8 of the result.
/// What is not a number stays so.
/// </remarks>
internal static class VectorExponential
{
    // Beyond these the result would leave the range of normal single numbers.
    private const float Lowest = -87;
    private const float Highest = 88;

    // ln 2 in two parts, the first short enough that n times it is exact.
    private const float LongPart = 0.693359375f;
    private const float ShortPart = -2.12194440e-4f;
    private const int MantissaBits = 23;

    // 1.5 times 2 to the 23rd: what is added to it is rounded to whole numbers, and stands in its lowest bits.
    private const float Rounding = 12582912;

    /// <summary>The exponentials; e^-87 and e^88 for what is below and above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x)
    {
        // In this order what is not a number stays so, where the processor has one instruction for it.
        Vector512<float> bounded = Vector512.MinNative(Vector512.Create(Highest), Vector512.MaxNative(Vector512.Create(Lowest), x));
        Vector512<float> rounded = Vector512.FusedMultiplyAdd(bounded, Vector512.Create(1.44269504f), Vector512.Create(Rounding));
        Vector512<float> n = rounded - Vector512.Create(Rounding);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-LongPart), bounded);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-ShortPart), r);
        Vector512<float> sum = Vector512.FusedMultiplyAdd(r, Vector512.Create(8.297654800e-3f), Vector512.Create(4.1915383190e-2f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(0.1666757464f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(0.4999889433f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(0.9999997020f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(1.0000001192f));

        // Times 2^n: n is added to the exponent.
        return (sum.AsInt32() + (rounded.AsInt32() << MantissaBits)).AsSingle();
    }
}
