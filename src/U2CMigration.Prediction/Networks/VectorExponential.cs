using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Networks;

/// <summary>The exponential function of 16 numbers in single precision, at a third of the work of <see cref="Vector512.Exp(Vector512{float})"/>, which computes in double precision.</summary>
/// <remarks>
/// e^x = 2^n e^r with n whole and r at most half of ln 2 away from 0, where the Taylor polynomial of degree 6 is off by less than 2e-7 of the result. What is not a number stays so.
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

    /// <summary>The exponentials; e^-87 and e^88 for what is below and above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x)
    {
        Vector512<float> bounded = Vector512.Min(Vector512.Max(x, Vector512.Create(Lowest)), Vector512.Create(Highest));
        Vector512<float> n = Vector512.Round(bounded * 1.44269504f);
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-LongPart), bounded);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-ShortPart), r);
        Vector512<float> sum = Vector512.FusedMultiplyAdd(r, Vector512.Create(1 / 720f), Vector512.Create(1 / 120f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(1 / 24f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(1 / 6f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(0.5f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512<float>.One);
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512<float>.One);
        return sum * Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n) + Vector512.Create(127), MantissaBits).AsSingle();
    }
}
