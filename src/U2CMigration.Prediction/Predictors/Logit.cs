using System.Runtime.CompilerServices;

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
}
