using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Probabilities as log odds and back, within bounds that keep them finite.</summary>
internal static class Logit
{
    /// <summary>The largest log odds, for a probability of about 0.9997.</summary>
    public const float Limit = 8;

    /// <summary>The log odds of a probability. What is not a number counts as even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(float probability)
    {
        float bounded = Math.Clamp(probability, 1e-4f, 1 - 1e-4f);
        float odds = MathF.Log(bounded / (1 - bounded));
        return float.IsNaN(odds) ? 0 : Math.Clamp(odds, -Limit, Limit);
    }

    /// <summary>The probability of log odds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToProbability(float logit) => 1 / (1 + MathF.Exp(-logit));

    /// <summary>The log odds of many probabilities, in their place.</summary>
    /// <param name="values">A multiple of 16.</param>
    public static void Of(Span<float> values)
    {
        foreach (ref Vector512<float> some in MemoryMarshal.Cast<float, Vector512<float>>(values))
        {
            Vector512<float> bounded = Vector512.Clamp(some, Vector512.Create(1e-4f), Vector512.Create(1 - 1e-4f));
            Vector512<float> odds = Vector512.Log(bounded / (Vector512<float>.One - bounded));
            Vector512<float> even = Vector512.ConditionalSelect(Vector512.Equals(some, some), odds, Vector512<float>.Zero);
            some = Vector512.Clamp(even, Vector512.Create(-Limit), Vector512.Create(Limit));
        }
    }
}
