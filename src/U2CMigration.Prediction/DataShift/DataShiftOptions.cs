namespace U2CMigration.Prediction.DataShift;

/// <summary>The parameters of the data-shift prediction (U2CMigration, JCST 40(6), the first of its two phases).</summary>
public sealed record DataShiftOptions
{
    /// <summary>The parameters of the published prototype.</summary>
    public static DataShiftOptions Published { get; } = new();

    /// <summary>How many of the newest samples decide whether a page is stable.</summary>
    /// <value>1 to 32; 3 by default.</value>
    public int StabilitySamples { get; init; } = 3;

    /// <summary>A page is stable when the coefficient of variation (standard deviation of the population / mean) of those samples is below this, or when all are zero.</summary>
    /// <value>Above 0; 0.5 by default.</value>
    public double MaximumVariation { get; init; } = 0.5;

    /// <summary>How many samples the trailing run of equal bits is compared with.</summary>
    /// <value>1 to 32; 3 by default. The paper tries 2 to 10.</value>
    public int Window { get; init; } = 3;

    /// <summary>The share of the window that the run has to reach for the page to stay as it is; otherwise it is predicted to flip.</summary>
    /// <value>Above 0, up to 1; 0.5 by default. The paper tries 0.5 to 0.9.</value>
    public double Persistence { get; init; } = 0.5;

    internal DataShiftRule ToRule()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(StabilitySamples, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(StabilitySamples, DataShiftRule.MaximumSamples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaximumVariation);
        ArgumentOutOfRangeException.ThrowIfLessThan(Window, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Window, DataShiftRule.MaximumSamples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Persistence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Persistence, 1);
        return new DataShiftRule(
            StabilitySamples,
            DataShiftRule.OnesNeeded(StabilitySamples, MaximumVariation),
            Math.Max(1, (int)Math.Ceiling((Persistence * Window) - 1e-9)));
    }
}
